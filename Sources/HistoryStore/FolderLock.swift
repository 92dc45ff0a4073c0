internal import Glibc

/// Holds a folder for this process: two that write one history would count one fleet twice. The kernel lets go of it when the process ends,
/// however it ends.
final class FolderLock {
    private let descriptor: Int32

    /// Makes the folder where it is missing.
    init(folder: String) throws(HistoryStoreError) {
        if unsafe mkdir(folder, 0o750) != 0, errno != EEXIST { throw .noFolder(folder, reason: Self.reason(errno)) }
        descriptor = unsafe open(folder + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            if errno == EACCES || errno == EROFS { throw .readOnly(folder) }
            if errno == ENOSPC { throw .diskFull(folder) }
            throw .noFolder(folder, reason: Self.reason(errno))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .inUse(folder)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
