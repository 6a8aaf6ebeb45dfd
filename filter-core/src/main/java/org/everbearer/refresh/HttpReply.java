package org.everbearer.refresh;

final class HttpReply {
}
