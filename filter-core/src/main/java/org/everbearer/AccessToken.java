package org.everbearer;

import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.function.Function;

/**
 * One access token that was valid when it was handed out. Immutable but for one memo, see {@link #rendered}, and one
 * mark, see {@link #isAccepted}; safe for use by any number of threads. {@link #toString()} shows a fingerprint, never the token.
 */
public final class AccessToken {
  private final String value;
  // Not volatile: a benign race. Rendering is idempotent, and what is kept must be safe to publish without
  // synchronisation (final fields only), so a thread that misses the memo computes an equal one. Weak, since a second
  // copy of the token would be most of what an idle session costs: it lasts while it is in use, from one garbage
  // collection to the next.
  private WeakReference<Object> rendered;
  // Not volatile: a benign race. It only ever goes from false to true; who misses it tells once more.
  private boolean accepted;

  AccessToken(String value) {
    this.value = Objects.requireNonNull(value, "value");
  }

  /** @throws IllegalArgumentException if the token holds a character outside {@code b64token} (RFC 6750 §2.1) */
  public static AccessToken of(String token) {
    TokenSyntax.requireB64Token(token);
    return new AccessToken(token);
  }

  /** The token itself, to be sent as {@code Authorization: Bearer} (RFC 6750 §2.1) and nowhere else. */
  public String value() {
    return value;
  }

  /**
   * Whether a resource server is known to have accepted the token, see {@link TokenSource#accepted}. Costs a read; a
   * thread may see an old answer for a while.
   */
  public boolean isAccepted() {
    return accepted;
  }

  void markAccepted() {
    accepted = true;
  }

  /** Eight hexadecimal digits that tell this token from another; safe to log. */
  public String fingerprint() {
    return Fingerprint.of(value);
  }

  /**
   * The token in the form that one HTTP library wants, for instance a header object, computed once per token, and again
   * if the garbage collector has taken it meanwhile.
   *
   * @param type the class of that form; a second form of another class replaces the memo of the first
   * @param rendering makes it from the token; idempotent, and its result immutable with final fields
   */
  public <T> T rendered(Class<T> type, Function<String, T> rendering) {
    WeakReference<Object> kept = rendered;
    Object memo = kept == null ? null : kept.get();
    if (type.isInstance(memo)) return type.cast(memo);
    T made = rendering.apply(value);
    rendered = new WeakReference<>(made);
    return made;
  }

  @Override
  public String toString() {
    return "AccessToken[" + fingerprint() + "]";
  }
}
