package org.everbearer.log;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class RedactionTest {
  private static final Redaction REDACTION =
      new Redaction(Arrays.asList("a/b+c/d+e/f+g", "pw", "0123456789abcdef", ""));

  @Test
  void wholeSecret_isReplaced() {
    assertEquals("x [redacted] y [redacted]", REDACTION.of("x a/b+c/d+e/f+g y 0123456789abcdef"));
    assertEquals("the [redacted] is", REDACTION.of("the pw is"));
  }

  @Test
  void formEncodedSecret_isReplacedToo() {
    assertEquals("x [redacted]&y", REDACTION.of("x a%2Fb%2Bc%2Fd%2Be%2Ff%2Bg&y"));
  }

  @Test
  void longPartOfASecret_isReplaced() {
    assertEquals("token [redacted]… is dead", REDACTION.of("token 0123456789ab… is dead"));
    assertEquals("[redacted]!", REDACTION.of("456789abcdef!"));
  }

  @Test
  void secretAtTheCut_isNotLeftInHalf() {
    String shown = REDACTION.of("y".repeat(195) + "0123456789abcdef");
    assertFalse(shown.contains("0123"), shown);
  }

  @Test
  void ordinaryWords_stay() {
    assertEquals("Token 01234567 expired: ünknown", REDACTION.of("Token 01234567 expired: ünknown"));
  }
}
