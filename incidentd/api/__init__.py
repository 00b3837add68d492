"""The local socket API: HTTP/JSON over a Unix socket, identity by the socket's peer."""
