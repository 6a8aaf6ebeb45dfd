package org.everbearer.benchmarks.peers;

import java.time.Duration;
import java.time.Instant;

/** What the token endpoint hands out: a JWT, the next single-use refresh token, and how long the JWT lives. */
public record Issued(String accessToken, String refreshToken, Duration expiresIn, Instant expiresAt) {}
