#pragma once
#include <sys/epoll.h>
#include <sys/socket.h>
#include <uv.h>

/// The system's accept4, non-blocking and closed on exec; glibc declares it only for _GNU_SOURCE. -1 and errno on failure.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
static inline int accept_connection(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
