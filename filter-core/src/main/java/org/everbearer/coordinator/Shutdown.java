package org.everbearer.coordinator;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

/** The end of a coordinator: part after part, whatever another part throws, and however long it takes. */
final class Shutdown {
  private static final Logger LOG = Loggers.of(Shutdown.class);
  private static final Duration SAVE_PATIENCE = Duration.ofSeconds(5);

  private final CoordinatorContext context;
  private final Families families;
  private final Duration longestRefresh;
  private final CountDownLatch ended = new CountDownLatch(1);
  /** Which thread ends the parts just now. */
  private volatile Thread closer;

  Shutdown(CoordinatorContext context, Families families) {
    this.context = context;
    this.families = families;
    this.longestRefresh = Duration.ofNanos(context.refresher.attempt);
  }

  /**
   * Waits for the refresh on its way, saves its result, and ends the parts. A second call waits for the end of the first; one
   * from a thread of the library's own returns at once.
   */
  void close() {
    boolean first;
    synchronized (this) {
      first = !context.isClosed();
      context.closing();
    }
    if (context.work.isOwnThread()) {
      // It cannot wait for its own end. Whatever it does just now is still saved.
      if (first) thread(this::end).start();
    } else if (first) {
      end();
    } else if (Thread.currentThread() != closer) { // a part that calls back while it is closed waits for nothing
      ThreadScheduler.uninterruptibly(longestRefresh.plus(SAVE_PATIENCE.multipliedBy(2)),
          left -> ended.await(left, TimeUnit.NANOSECONDS));
    }
  }

  private Thread thread(Runnable work) {
    return ThreadScheduler.named("everbearer-" + context.name + "-close").newThread(work);
  }

  private void end() {
    ending("the threads", () -> context.work.close(longestRefresh.plus(SAVE_PATIENCE)));
    endingInTime("the refreshes on their way", () -> {
      for (TokenFamily family : families.all()) ending("a refresh", () -> finish(family));
      ending("a refresh", () -> finish(families.application));
    });
    endingInTime("the refresher", context.refresher::close);
    endingInTime("the token store", context.store::close);
    ending("the listeners", context.events::close);
    ended.countDown();
  }

  /** On a thread of its own: other people's code may hang. */
  private void endingInTime(String what, Runnable end) {
    Thread thread;
    try {
      thread = thread(() -> ending(what, end));
      closer = thread;
      thread.start();
    } catch (Throwable noThread) {
      closer = Thread.currentThread();
      ending(what, end);
      closer = null;
      return;
    }
    boolean inTime = ThreadScheduler.uninterruptibly(SAVE_PATIENCE, left -> {
      TimeUnit.NANOSECONDS.timedJoin(thread, left);
      return !thread.isAlive();
    });
    closer = null;
    if (!inTime) LOG.warn("{}: {} does not end; the thread {} is left behind", context.name, what, thread.getName());
  }

  private void ending(String what, Runnable end) {
    try {
      end.run();
    } catch (Throwable anything) {
      LOG.warn("{}: closing {} failed", context.name, what, anything);
    }
  }

  private void finish(TokenFamily family) {
    family.abandon();
    UnsavedTokens unsaved = family.unsaved();
    if (unsaved == null) return;
    try {
      new StoreAccess(family).saveUnsaved(unsaved);
    } catch (IOException e) {
      TokenException lost = new TokenException(Reason.STORE, "new tokens are lost: the client closes, and "
          + context.store.description() + " still cannot be written: " + family.withoutTokens(e), e);
      context.emit(family.event(TokenEvent.Type.NOT_SAVED).failure(lost, 1, null));
    }
  }
}
