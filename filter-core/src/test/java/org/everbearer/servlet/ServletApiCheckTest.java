package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ServletApiCheckTest {
  private final ClassLoader ours = ServletApiCheck.class.getClassLoader();

  @Test
  void theRightContainer_isLetPass() {
    assertDoesNotThrow(() -> new ServletApiCheck());
  }

  @Test
  void aContainerWithoutOurApi_isToldWhichJarToTake() {
    ClassLoader empty = ClassLoader.getPlatformClassLoader();
    String forJakarta = message("jakarta.servlet", empty);
    assertTrue(forJakarta.contains("<classifier>javax</classifier>"), forJakarta);
    String forJavax = message("javax.servlet", ours);
    assertTrue(forJavax.contains("without a classifier"), forJavax);
  }

  private static String message(String api, ClassLoader container) {
    return assertThrows(IllegalStateException.class, () -> new ServletApiCheck(api, container)).getMessage();
  }
}
