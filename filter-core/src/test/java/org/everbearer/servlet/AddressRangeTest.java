package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({"10.1.0.0/16, 10.1.255.3, true", "10.1.0.0/16, 10.2.0.1, false", "10.1.2.3, 10.1.2.3, true",
      "10.1.2.3, 10.1.2.4, false", "0.0.0.0/0, 8.8.8.8, true", "10.1.2.128/25, 10.1.2.127, false",
      "10.1.2.128/25, 10.1.2.129, true", "2001:db8::/32, 2001:db8:1::5, true", "2001:db8::/32, 2001:db9::, false",
      "::1, 0:0:0:0:0:0:0:1, true", "::1, [::1], true", "fe80::/10, fe80::1%eth0, true", "127.0.0.0/8, ::ffff:127.0.0.1, true",
      "0.0.0.0/0, ::1, false", "::/0, 10.0.0.1, false", "10.0.0.0/8, localhost, false", "10.0.0.0/8, '', false"})
  void contains_whatSharesItsBits(String range, String address, boolean contained) {
    assertEquals(contained, AddressRange.parse(range).contains(address));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10.1", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/9", "10.0.0.0/-1",
      "300.1.1.1", "10.0.0.0/x"})
  void anythingElse_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
  }

  @Test
  void noAddress_isInNone() {
    assertFalse(AddressRange.parse("0.0.0.0/0").contains(null));
    assertTrue(AddressRange.parse("0.0.0.0/0").contains("0.0.0.0"));
  }
}
