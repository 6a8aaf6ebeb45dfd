package org.everbearer.config;

import java.util.Objects;
import org.everbearer.TokenException.Reason;

/** What the filter answers when no token can be had: the parsed {@code onUnavailable}. Immutable. */
public final class Unavailable {

  /** The four answers. With relay and token-exchange the default is the second or the first, by the reason. */
  public enum Answer {
    /** 503 with {@code Retry-After} (RFC 9110 §15.6.4); spelled {@code 503}. */
    SERVICE_UNAVAILABLE,
    /** 401 (RFC 9110 §15.5.2); spelled {@code 401}. */
    UNAUTHORIZED,
    /** A redirect to {@link Unavailable#redirectUrl()}; spelled {@code redirect:URL}. */
    REDIRECT,
    /** Nothing: the request or the exception passes on; spelled {@code pass}. */
    PASS
  }

  static final Unavailable SERVICE_UNAVAILABLE = new Unavailable(Answer.SERVICE_UNAVAILABLE, null);
  static final Unavailable UNAUTHORIZED = new Unavailable(Answer.UNAUTHORIZED, null);
  static final Unavailable PASS = new Unavailable(Answer.PASS, null);
  /** Where the token comes from the inbound request: its sender is asked for another if that helps. */
  static final Unavailable BY_REASON = new Unavailable(null, null);

  private final Answer answer;
  private final String redirectUrl;

  private Unavailable(Answer answer, String redirectUrl) {
    this.answer = answer;
    this.redirectUrl = redirectUrl;
  }

  static Unavailable redirect(String url) {
    return new Unavailable(Answer.REDIRECT, Objects.requireNonNull(url, "url"));
  }

  /** The answer to this failure. */
  public Answer answerTo(Reason reason) {
    if (answer != null) return answer;
    boolean inboundTokenIsWrong = reason == Reason.NO_TOKENS || reason == Reason.REJECTED;
    return inboundTokenIsWrong ? Answer.UNAUTHORIZED : Answer.SERVICE_UNAVAILABLE;
  }

  /**
   * Where to, for {@link Answer#REDIRECT}; else null. Absolute ({@code https://…}), or relative to the context path
   * when it does not begin with a scheme: {@code /login} and {@code login} both mean {@code <context path>/login}.
   */
  public String redirectUrl() {
    return redirectUrl;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Unavailable && answer == ((Unavailable) other).answer
        && Objects.equals(redirectUrl, ((Unavailable) other).redirectUrl);
  }

  @Override
  public int hashCode() {
    return Objects.hash(answer, redirectUrl);
  }

  /** As it is spelled in the configuration. */
  @Override
  public String toString() {
    if (answer == null) return "401 or 503";
    switch (answer) {
      case SERVICE_UNAVAILABLE: return "503";
      case UNAUTHORIZED: return "401";
      case REDIRECT: return "redirect:" + redirectUrl;
      default: return "pass";
    }
  }
}
