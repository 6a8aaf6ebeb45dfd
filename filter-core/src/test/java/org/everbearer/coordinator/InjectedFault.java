package org.everbearer.coordinator;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.everbearer.TokenException;

/** One outward call that does not end as it should, once. */
final class InjectedFault {
  /** Of which outward calls one is hit. */
  enum Point { READ, WRITE_BEFORE, WRITE_AFTER, STORE_CLOSE, ASK_BEFORE, ASK_AFTER, REFRESHER_CLOSE, EXECUTE, SCHEDULE, ALARM,
    TIMEOUT, RENEWAL, HAND_OVER }

  /** How it ends. */
  enum End { AS_EVER, CHECKED, UNCHECKED, SNEAKED, LINKAGE, OUT_OF_MEMORY, NULL, LATE, INTERRUPTED }

  /** What somebody else does while it lasts. */
  enum During { NOTHING, STORE_TOKENS, CLEAR_TOKENS, INVALIDATE, REFRESH_NOW, CLOSE, ASK_FOR_TOKEN }

  final Point point;
  final End end;
  final During during;
  private final int call;
  private int calls;
  private boolean armed;
  private boolean happened;

  InjectedFault(Point point, End end, During during, int call) {
    this.point = point;
    this.end = end;
    this.during = during;
    this.call = call;
  }

  void arm() {
    armed = true;
  }

  void disarm() {
    armed = false;
  }

  boolean hasHappened() {
    return happened;
  }

  /** Whether this call is the one. */
  boolean hits(Point now) {
    if (!armed || now != point || ++calls != call) return false;
    armed = false;
    happened = true;
    return true;
  }

  /** Throws what is to be thrown; returns if the call is to end as ever, with null, or late. */
  void end() throws IOException {
    switch (end) {
      case CHECKED:
        throw point == Point.ASK_BEFORE || point == Point.ASK_AFTER
            ? new TokenException(TokenException.Reason.AMBIGUOUS, "on purpose") : new IOException("on purpose");
      case UNCHECKED:
        throw isScheduling() ? new RejectedExecutionException("on purpose") : new IllegalStateException("on purpose");
      case SNEAKED:
        throw InjectedFault.<RuntimeException>undeclared(new Exception("on purpose"));
      case LINKAGE:
        throw new NoClassDefFoundError("on purpose");
      case OUT_OF_MEMORY:
        throw new OutOfMemoryError("unable to create native thread, on purpose");
      case INTERRUPTED:
        Thread.currentThread().interrupt();
        throw InjectedFault.<RuntimeException>undeclared(new InterruptedException("on purpose"));
      default:
    }
  }

  private boolean isScheduling() {
    return point.ordinal() >= Point.EXECUTE.ordinal();
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E undeclared(Throwable anything) throws E {
    throw (E) anything;
  }

  @Override
  public String toString() {
    return end + " at the call " + call + " of " + point + " during " + during;
  }
}
