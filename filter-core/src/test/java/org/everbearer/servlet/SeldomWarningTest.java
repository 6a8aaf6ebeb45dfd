package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeldomWarningTest {
  private final List<String> written = new ArrayList<>();
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may overflow
  private final SeldomWarning warning = new SeldomWarning(written::add, now::get);

  @Test
  void theFirstIsWritten_thenOneInTenSeconds_withTheNumberOfTheOthers() {
    for (int i = 0; i < 4; i++) warning.warn("no user");
    now.addAndGet(TimeUnit.SECONDS.toNanos(10) - 1);
    warning.warn("no user");
    assertEquals(List.of("no user"), written);
    now.addAndGet(1);
    warning.warn("no user");
    now.addAndGet(TimeUnit.SECONDS.toNanos(10));
    warning.warn("no user");
    assertEquals(List.of("no user", "no user (and 4 more like this)", "no user"), written);
  }
}
