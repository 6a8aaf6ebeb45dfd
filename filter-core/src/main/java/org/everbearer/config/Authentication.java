package org.everbearer.config;

/** How the client proves itself at the token endpoint (RFC 6749 §2.3.1, RFC 7523). */
enum Authentication {
  BASIC, POST, NONE, PRIVATE_KEY_JWT
}
