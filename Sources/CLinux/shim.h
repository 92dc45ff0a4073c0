#pragma once
#include <stddef.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/// The system's accept4, non-blocking and closed on exec; glibc declares it only for _GNU_SOURCE. -1 and errno on failure.
/// `from`, a socket address of `size` bytes, is filled with the peer's address unless it is NULL.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
static inline int accept_connection(int listener, void *from, socklen_t size) {
  return accept4(listener, (struct sockaddr *)from, from ? &size : NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// Milliseconds since the last bytes came in on a TCP socket, acknowledgements not counted; -1 when the kernel does not say.
static inline int milliseconds_since_data(int descriptor) {
  struct tcp_info info;
  socklen_t size = sizeof info;
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return -1;
  return info.tcpi_last_data_recv > 0x7fffffff ? 0x7fffffff : (int)info.tcpi_last_data_recv;
}
