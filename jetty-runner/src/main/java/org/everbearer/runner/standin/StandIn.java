package org.everbearer.runner.standin;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.everbearer.runner.standin.Counters.Event;

/**
 * An identity server and a chat API that wants its tokens, on 127.0.0.1, to stand in for the real ones.
 *
 * <pre>{@code
 * try (StandIn standIn = StandIn.start(StandInOptions.defaults().withAccessTokenLifetime(Duration.ofSeconds(3)))) {
 *   TokenPair first = standIn.newFamily("user_1", "org_1");
 *   … POST standIn.baseUri() + "/auth/v2/refresh-session" …
 *   assertEquals(0, standIn.stats().reuses());
 * }
 * }</pre>
 *
 * <p>Refresh tokens are good once and rotate; a spent one presented after the grace revokes its family (RFC 9700
 * §4.14.2). A revoked family's access tokens live on to their expiry, as self-contained tokens do, unless they are
 * revoked too. Thread-safe.
 */
public final class StandIn implements AutoCloseable {
  /** A confidential OAuth client, with {@link #CLIENT_SECRET}. */
  public static final String CLIENT_ID = "demo-client";
  public static final String CLIENT_SECRET = "demo-secret";
  /** An OAuth client without a secret. */
  public static final String PUBLIC_CLIENT_ID = "demo-public";
  /** The audience of every access token. */
  public static final String AUDIENCE = "chat";

  private final Server server;
  private final URI baseUri;
  private final Counters counters = new Counters();
  private final Faults faults;
  private final AccessTokens accessTokens;
  private final TokenFamilies families;

  private StandIn(Server server, URI baseUri, StandInOptions options, Clock clock, Routes routes) {
    this.server = server;
    this.baseUri = baseUri;
    faults = new Faults(options.refreshLatency());
    accessTokens = new AccessTokens(clock, options.accessTokenLifetime(), options.algorithm(), baseUri.toString(),
        AUDIENCE);
    families = new TokenFamilies(clock, options.reuseGrace(), options.rotate(),
        family -> accessTokens.issue(family.subject, family.organization, family.id));
    SignIn signIn = new SignIn(clock, families);
    signIn.addTo(routes);
    IdentityEndpoints identity = new IdentityEndpoints(families, faults, counters, signIn);
    identity.addTo(routes);
    new OAuthEndpoints(identity, accessTokens, counters, baseUri).addTo(routes);
    new ChatEndpoints(accessTokens, counters, options.wordDelay(), clock).addTo(routes);
    new ControlEndpoints(this).addTo(routes);
  }

  /** @throws IOException if the port is taken */
  public static StandIn start(StandInOptions options) throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(256);
    threads.setName("everbearer-stand-in");
    threads.setDaemon(true);
    threads.setStopTimeout(500); // then interrupts whoever is in the pause between two words
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false); // by the server's own clock, in Routes
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setPort(options.port());
    server.addConnector(connector);
    connector.open();
    Clock clock = Clock.offset(Clock.systemUTC(), options.clockOffset());
    URI base = URI.create("http://127.0.0.1:" + connector.getLocalPort());
    Routes routes = new Routes(clock);
    StandIn standIn = new StandIn(server, base, options, clock, routes);
    server.setHandler(routes);
    try {
      server.start();
    } catch (Exception e) {
      standIn.close();
      throw new IOException("the stand-in server does not start: " + e.getMessage(), e);
    }
    return standIn;
  }

  /** Where everything is served, without a trailing slash; also the issuer of the tokens. */
  public URI baseUri() {
    return baseUri;
  }

  /** Signs somebody in: the first pair of a new family. The organization may be null. */
  public TokenPair newFamily(String subject, String organization) {
    return families.create(subject, organization);
  }

  public StandInStats stats() {
    return counters.stats();
  }

  /** The chat API no longer accepts any access token issued so far; returns how many unexpired ones that were. */
  public int revokeAccessTokens() {
    return accessTokens.revokeAll();
  }

  /** The identity server is down for so long; zero ends an outage. The chat API is not affected. */
  public void outage(Duration length, Outage kind) {
    faults.outage(length, kind);
  }

  /** Every refresh from now on takes so long, before anything is committed; zero ends that. */
  public void slow(Duration latency) {
    faults.slow(latency);
  }

  /** Every refresh takes so long for a while. */
  public void slow(Duration latency, Duration length) {
    faults.slow(latency, length);
  }

  /** The next refresh that is granted is committed, and its connection closed without an answer. */
  public void loseNextReply() {
    faults.loseNextReply();
  }

  /** From now on this share of the refreshes that are granted, chosen by chance, ends like that; zero ends it. */
  public void loseReplies(double share) {
    faults.loseReplies(share);
  }

  /** The next refresh is answered with this status, and nothing is committed. Calls add up. */
  public void failNext(int status) {
    faults.failNext(status);
  }

  /** Revokes the family of a refresh token, spent or not; whether it was alive until now. */
  public boolean killFamily(String refreshToken) {
    boolean killed = families.revoke(refreshToken);
    if (killed) counters.count(Event.FAMILY_REVOKED);
    return killed;
  }

  /** Revokes every family; returns how many were alive. */
  public int killFamilies() {
    int killed = families.revokeAll();
    counters.count(Event.FAMILY_REVOKED, killed);
    return killed;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the stand-in server does not stop", e);
    }
  }
}
