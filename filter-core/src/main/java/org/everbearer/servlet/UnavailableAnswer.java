package org.everbearer.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.config.Unavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the inbound caller that there is no token, and nothing of why. */
final class UnavailableAnswer {
  private static final Logger log = LoggerFactory.getLogger(Declarations.FILTER);
  private static final long RETRYABLE_SECONDS = 10;
  private static final long OTHER_SECONDS = 60;

  private final Unavailable choice;
  private final String challenge;
  private final boolean byInboundToken;
  private final boolean byLogin;

  /**
   * @param byInboundToken whether a bearer token in the inbound request would help
   * @param byLogin whether it would help that the user signs in
   */
  UnavailableAnswer(Unavailable choice, boolean byInboundToken, boolean byLogin) {
    this.choice = choice;
    this.byInboundToken = byInboundToken;
    this.byLogin = byLogin;
    // A 401 must name a scheme (RFC 9110 §11.6.1). Where a login page is what helps there is no registered one;
    // browsers and HTTP clients pass over a scheme they do not know, while Basic would open a dialog and Bearer would
    // mislead.
    this.challenge = byInboundToken ? "Bearer" : "Session realm=\"sign-in\"";
  }

  /** Whether nothing is answered, and things take their course. */
  boolean passesOn(TokenException failure) {
    return choice.answerTo(failure.reason()) == Unavailable.Answer.PASS;
  }

  /** False if the failure is to pass on. */
  boolean give(TokenException failure, HttpServletRequest request, HttpServletResponse response) throws IOException {
    Unavailable.Answer answer = choice.answerTo(failure.reason());
    if (answer == Unavailable.Answer.PASS) return false;
    log.debug("Answering {}: {}", choice, failure.getMessage());
    startOver(response);
    if (answer == Unavailable.Answer.REDIRECT) {
      RedirectTarget target = RedirectTarget.of(choice.redirectUrl(), request);
      if (!target.isOf(request)) {
        response.sendRedirect(response.encodeRedirectURL(target.location()));
        return true;
      }
      answer = insteadOfRedirect(failure.reason());
    }
    if (answer == Unavailable.Answer.UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", challenge);
      write(request, response, HttpServletResponse.SC_UNAUTHORIZED, "sign_in_required", "Please sign in.");
    } else {
      response.setHeader("Retry-After", Long.toString(retrySeconds(failure)));
      write(request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "temporarily_unavailable",
          "This service is not available at the moment. Please try again later.");
    }
    return true;
  }

  /** Takes back what was written, and the headers that described it. Those of other filters (CORS, cookies) stay. */
  private static void startOver(HttpServletResponse response) {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : response.getHeaderNames()) {
      String lower = name.toLowerCase(Locale.ROOT);
      boolean ofTheBody = lower.startsWith("content-") && !lower.startsWith("content-security-policy")
          || lower.equals("etag") || lower.equals("last-modified") || lower.equals("expires")
          || lower.equals("cache-control") || lower.equals("transfer-encoding") || lower.equals("accept-ranges")
          || lower.equals("location");
      if (!ofTheBody) kept.put(name, new ArrayList<>(response.getHeaders(name)));
    }
    response.reset();
    kept.forEach((name, values) -> {
      // What is there again already, such as Jetty's Date, is the container's own.
      if (!response.containsHeader(name)) values.forEach(value -> response.addHeader(name, value));
    });
    response.setHeader("Cache-Control", "no-store");
  }

  /** The page that should help fails itself, and a redirect would never end. */
  private Unavailable.Answer insteadOfRedirect(Reason reason) {
    boolean inboundTokenIsWrong = byInboundToken && (reason == Reason.NO_TOKENS || reason == Reason.REJECTED);
    return byLogin || inboundTokenIsWrong ? Unavailable.Answer.UNAUTHORIZED : Unavailable.Answer.SERVICE_UNAVAILABLE;
  }

  private static long retrySeconds(TokenException failure) {
    Duration pause = failure.nextTry() == null ? failure.retryAfter()
        : Duration.between(Instant.now(), failure.nextTry());
    if (pause == null) return failure.reason().retryable() ? RETRYABLE_SECONDS : OTHER_SECONDS;
    return Math.max(1, pause.plusMillis(999).getSeconds());
  }

  private static void write(HttpServletRequest request, HttpServletResponse response, int status, String code,
      String text) throws IOException {
    boolean json = acceptsJson(request.getHeader("Accept"));
    String body = json ? "{\"error\":\"" + code + "\",\"message\":\"" + text + "\"}" : text + "\n";
    response.setStatus(status);
    response.setContentType(json ? "application/json" : "text/plain;charset=utf-8");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    response.setContentLength(bytes.length);
    try {
      response.getOutputStream().write(bytes);
    } catch (IllegalStateException writerTaken) {
      // Before Servlet 4 a reset response remembers which of the two was asked for.
      response.getWriter().write(body);
    }
  }

  private static boolean acceptsJson(String accept) {
    if (accept == null) return false;
    for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
      String type = range.split(";", 2)[0].trim();
      boolean refused = range.matches(".*;\\s*q=0(\\.0*)?\\s*");
      if (!refused && (type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json"))) {
        return true;
      }
    }
    return false;
  }
}
