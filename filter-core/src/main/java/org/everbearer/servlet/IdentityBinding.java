package org.everbearer.servlet;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Which identity the current thread works for. A request thread is bound to its request and asks it anew each time, so a
 * login or logout in the middle of a request takes effect at once; any other thread is bound to an identity that was
 * captured.
 */
final class IdentityBinding {
  // One per web application and not static: threads of the container outlive us, and are shared with other applications.
  private final ThreadLocal<Supplier<Identity>> bound = new ThreadLocal<>();

  /** Null when the thread is not bound. */
  Identity current() {
    Supplier<Identity> identity = bound.get();
    if (identity != null) return identity.get(); // may itself be null: bound to "nobody"
    bound.remove(); // the read itself has left an entry
    return null;
  }

  /** Binds the thread until {@link #restore} is given back what this returns. */
  Supplier<Identity> bind(Supplier<Identity> identity) {
    Supplier<Identity> previous = bound.get();
    bound.set(identity);
    return previous;
  }

  void restore(Supplier<Identity> previous) {
    if (previous == null) bound.remove();
    else bound.set(previous);
  }

  // Each form captures even "not bound": a pooled thread that is in the middle of somebody else's work must not lend it.

  Runnable carry(Runnable task) {
    return carry(current(), task);
  }

  Runnable carry(Identity identity, Runnable task) {
    return () -> {
      Supplier<Identity> previous = bind(() -> identity);
      try {
        task.run();
      } finally {
        restore(previous);
      }
    };
  }

  <T> Callable<T> carry(Callable<T> task) {
    Identity identity = current();
    return () -> {
      Supplier<Identity> previous = bind(() -> identity);
      try {
        return task.call();
      } finally {
        restore(previous);
      }
    };
  }

  <T> Supplier<T> carry(Supplier<T> task) {
    Identity identity = current();
    return () -> {
      Supplier<Identity> previous = bind(() -> identity);
      try {
        return task.get();
      } finally {
        restore(previous);
      }
    };
  }

  Executor carry(Executor executor) {
    return task -> executor.execute(carry(task));
  }
}
