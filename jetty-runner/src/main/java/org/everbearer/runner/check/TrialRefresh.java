package org.everbearer.runner.check;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigException;
import org.everbearer.config.TokenClient;

/** Refreshes one client's token once, as the application would: through the coordinator and into the store. */
final class TrialRefresh {
  /** Longer than any refresh takes that is going to end: other nodes' leases and replays included. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration SAVE_PATIENCE = Duration.ofSeconds(20);
  private static final String RESCUED = "everbearer-rescued-";

  private final ClientConfig config;
  private final PairFile file;
  private final Findings findings;
  private final Duration savePatience;
  private final Path rescueDirectory;
  private final BlockingQueue<TokenEvent> events = new LinkedBlockingQueue<>();
  private final AtomicReference<OneAnswer> endpoint = new AtomicReference<>();
  private boolean unsaved;
  private TokenEvent odd;

  /** @param file the store that the configuration names where it is one of the check's own, or null */
  TrialRefresh(ClientConfig config, PairFile file, Findings findings) {
    this(config, file, findings, SAVE_PATIENCE, Path.of(""));
  }

  TrialRefresh(ClientConfig config, PairFile file, Findings findings, Duration savePatience, Path rescueDirectory) {
    this.config = config;
    this.file = file;
    this.findings = findings;
    this.savePatience = savePatience;
    this.rescueDirectory = rescueDirectory;
  }

  void run() throws InterruptedException {
    run(false);
  }

  /** @return false if the store holds no tokens, or dead ones; that is then not told */
  boolean runWithWhatIsStored() throws InterruptedException {
    return run(true);
  }

  private boolean run(boolean storedOnly) throws InterruptedException {
    TokenEvent end;
    try (TokenClient client = TokenClient.wrapping(config, asked -> {
      endpoint.set(new OneAnswer(asked));
      return endpoint.get();
    }, events::add)) {
      end = refresh(client);
    } catch (ConfigException e) {
      if (storedOnly) return false;
      e.problems().forEach(findings::problem);
      return true;
    } catch (TokenException e) {
      findings.problem("the refresh cannot begin: " + e.getMessage() + ". Nothing was sent");
      return true;
    }
    for (TokenEvent event = events.poll(); event != null; event = events.poll()) note(event);
    if (storedOnly && isOver(end)) return false;
    tell(end);
    if (unsaved) rescue();
    return true;
  }

  private static boolean isOver(TokenEvent end) {
    if (end == null || end.type() != Type.FAILED) return false;
    return end.failure().reason() == Reason.REJECTED || end.failure().reason() == Reason.NO_TOKENS;
  }

  private TokenEvent refresh(TokenClient client) throws ConfigException, TokenException, InterruptedException {
    // Ctrl-C between the answer and the store must not lose the answer: closing waits for both.
    Thread hook = new Thread(client::close, "everbearer-check-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      client.start();
      client.coordinator().refreshNow(null);
      TokenEvent end = awaitEnd();
      if (unsaved) awaitSaved();
      return end;
    } finally {
      stopWaitingFor(hook);
    }
  }

  private static void stopWaitingFor(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // It runs, and closes what is to be closed.
    }
  }

  private TokenEvent awaitEnd() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      TokenEvent event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) return null;
      note(event);
      boolean end = event.type() == Type.REFRESHED || event.type() == Type.FAILED || event.type() == Type.ADOPTED;
      if (end) return event;
    }
  }

  private void awaitSaved() throws InterruptedException {
    long deadline = System.nanoTime() + savePatience.toNanos();
    while (unsaved) {
      TokenEvent event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) return;
      note(event);
    }
  }

  private void note(TokenEvent event) {
    if (event.type() == Type.NOT_SAVED) unsaved = true;
    if (event.type() == Type.SAVED) unsaved = false;
    if (event.type() == Type.ODD_TOKEN) odd = event;
  }

  private void tell(TokenEvent end) {
    OneAnswer answer = endpoint.get();
    if (end == null) {
      findings.problem("the refresh did not end within " + PATIENCE.toMinutes() + " minutes. " + afterUnanswered());
    } else if (end.type() == Type.ADOPTED) {
      findings.good("another process has refreshed this very moment; its token was taken over, and nothing was asked");
    } else if (end.type() == Type.FAILED) {
      failed(end, answer);
    } else {
      succeeded(end, answer);
    }
  }

  private void succeeded(TokenEvent end, OneAnswer answer) {
    findings.good("refreshed in " + end.duration().toMillis() + " ms");
    if (answer.answer().expiresIn() == null) {
      findings.warning("the answer tells no lifetime, neither by expires_in nor by an exp claim: the token is used"
          + " until it is rejected, or for five minutes" + expiresInHint());
    } else {
      findings.good("the new access token lives for " + words(answer.answer().expiresIn())
          + "; it is refreshed ahead of time when " + words(left(end)) + " are left (refreshMargin, at most half of the"
          + " lifetime, and up to a fifth earlier)");
    }
    if (odd != null) findings.warning("the token is odd: " + odd.failure().getMessage());
    if (answer.rotated()) {
      findings.good("the refresh token was rotated: the old one is spent" + (unsaved ? "" : ", the new one is in "
          + (file == null ? config.store() : file)));
      if (file != null && !unsaved) findings.notice("put the two tokens in " + file + " into the configuration in place"
          + " of the old ones, before the application refreshes; then remove the file");
    } else if (answer.spendsRefreshToken()) {
      findings.good("the refresh token was not rotated: it stays as it is");
      if (file != null) file.discard();
    }
    if (config.verifiesTokens()) findings.good("the new token's signature and claims were verified");
    else findings.fact("the new token was not verified: without jwksUri the server is believed");
  }

  private static Duration left(TokenEvent end) {
    return end.refreshesIn() == null ? Duration.ZERO : end.expiresIn().minus(end.refreshesIn());
  }

  private String expiresInHint() {
    return switch (config.protocol()) {
      case REFRESH_SESSION -> "; if the answer has it under another name, set expiresInPath";
      default -> "";
    };
  }

  private void failed(TokenEvent end, OneAnswer answer) {
    TokenException why = end.failure();
    findings.problem("the refresh failed: " + why.getMessage() + ". " + remedy(why.reason()));
    if (answer.rotated()) {
      findings.notice("the server has rotated the refresh token all the same; the new one is "
          + (unsaved ? "not saved yet" : "in " + (file == null ? config.store() : file)));
    } else if (file != null && why.reason() != Reason.AMBIGUOUS) {
      file.discard();
    }
  }

  private String remedy(Reason reason) {
    return switch (reason) {
      case NOT_SENT -> "Nothing was sent, so nothing is spent. See that host and port are right and can be reached from"
          + " here (proxy, firewall, certificate)";
      case TRANSIENT -> "The server did not refresh, so nothing is spent. See how the identity server is; try again";
      case CONFIGURATION -> "Nothing is lost. Correct the address, clientId, clientSecret, scope or whatever it names";
      case REJECTED -> "The refresh token is dead: spent elsewhere, revoked or too old. Sign in again, or configure a"
          + " new first pair";
      case NEEDS_USER -> "Sign in again, or configure a new first pair";
      case NO_TOKENS -> "Configure a first pair (accessToken, refreshToken)";
      case STORE -> "Nothing was sent. Make the store readable and writable for the application's user";
      case AMBIGUOUS -> afterUnanswered();
      default -> "Try again";
    };
  }

  private String afterUnanswered() {
    return "Whether the refresh token is spent is not known. " + (config.store().equals("memory") ? "Try again"
        : "That it was presented is on record in " + (file == null ? config.store() : file)
            + ", and who goes on from there presents it again as reuseGrace allows");
  }

  /** The last resort: the store could be written before the refresh, and cannot be any more. */
  private void rescue() {
    OneAnswer answer = endpoint.get();
    if (answer.toBeSaved() == null) return;
    PairFile rescued = new PairFile(
        rescueDirectory.resolve(RESCUED + System.currentTimeMillis() + ".env").toAbsolutePath());
    try {
      rescued.write(answer.toBeSaved());
      findings.problem(config.store() + " cannot be written any more. The new tokens are in " + rescued
          + " instead: put them into the configuration; the old ones are spent");
    } catch (IOException e) {
      findings.problem(config.store() + " cannot be written any more, nor can " + rescued + " (" + e.getMessage()
          + "): the new tokens are lost. Sign in again");
    }
  }

  private static String words(Duration duration) {
    long seconds = Math.max(0, Math.round(duration.toMillis() / 1000.0));
    if (seconds < 120) return seconds + " s";
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
