package org.everbearer.runner.standin;

/**
 * What a stand-in server has seen since it started.
 *
 * @param refreshes requests to refresh that arrived, whatever came of them
 * @param rotations refreshes that were granted a new pair
 * @param replays spent refresh tokens answered again within the grace
 * @param reuses spent refresh tokens presented after the grace; each revoked its family
 * @param deadTokens refreshes with a token that is unknown, or whose family is revoked
 * @param familiesRevoked families revoked by reuse or by request
 * @param outages requests to the identity server that an outage turned away
 * @param failures refreshes answered with an error on request
 * @param repliesLost refreshes committed and then left without an answer
 * @param clientCredentials tokens granted to a client for itself
 * @param signIns first pairs granted to a user who signed in
 * @param chatOk calls of the chat API with a valid token
 * @param chatUnauthorized calls of the chat API answered with 401
 */
public record StandInStats(
    long refreshes,
    long rotations,
    long replays,
    long reuses,
    long deadTokens,
    long familiesRevoked,
    long outages,
    long failures,
    long repliesLost,
    long clientCredentials,
    long signIns,
    long chatOk,
    long chatUnauthorized) {
}
