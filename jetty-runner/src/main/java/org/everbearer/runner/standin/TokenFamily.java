package org.everbearer.runner.standin;

import java.util.ArrayDeque;
import java.util.Deque;

/** All tokens that descend from one sign-in: one session at the identity server. Its monitor guards its fields. */
final class TokenFamily {
  final String id;
  final String subject;
  String organization;
  boolean revoked;
  /** Spent tokens whose successors are kept for answering them again, oldest first. */
  final Deque<RefreshToken> answerable = new ArrayDeque<>();

  TokenFamily(String id, String subject, String organization) {
    this.id = id;
    this.subject = subject;
    this.organization = organization;
  }
}
