package org.everbearer.coordinator;

/** The two clocks of the machine; a test passes its own. */
interface Ticker {
  Ticker SYSTEM = new Ticker() {
    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return System.currentTimeMillis();
    }
  };

  /** Monotonic; only differences mean anything, and they are compared as {@code a - b < 0}. */
  long nanoTime();

  /** The wall clock, which may be wrong and may jump: for what people read, and for tokens that were not received. */
  long currentTimeMillis();
}
