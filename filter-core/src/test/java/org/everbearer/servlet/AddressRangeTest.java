package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
      "300.1.1.1", "010.0.0.1", "1:2", ":::", "10.0.0.0/x"})
  void anythingElse_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
  }

  @Test
  void noAddress_isInNone() {
    assertFalse(AddressRange.parse("0.0.0.0/0").contains(null));
    assertTrue(AddressRange.parse("0.0.0.0/0").contains("0.0.0.0"));
  }

  /** A resolver that knows everything: in a JVM of its own, which reads its hosts file once. */
  @Test
  void whatIsNoAddress_isNotAskedOfAResolver(@TempDir Path directory) throws Exception {
    Path hosts = Files.write(directory.resolve("hosts"), List.of("127.0.0.1 999.1.1.1", "127.0.0.1 1:2",
        "127.0.0.1 localhost", "127.0.0.1 300.0.0.1"));
    Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), "-Djdk.net.hosts.file=" + hosts, Asking.class.getName(), "999.1.1.1",
        "1:2", "localhost", "300.0.0.1").redirectErrorStream(true).start();
    String said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, jvm.waitFor(), said);
    assertEquals("the resolver knows 999.1.1.1\n", said);
  }

  /** Says which of the names are in the range of loopback addresses. */
  public static final class Asking {
    public static void main(String[] names) throws Exception {
      if (InetAddress.getByName("999.1.1.1").isLoopbackAddress()) System.out.print("the resolver knows 999.1.1.1\n");
      AddressRange loopback = AddressRange.parse("127.0.0.0/8");
      for (String name : names) {
        if (loopback.contains(name)) System.out.print(name + " is taken for an address\n");
        try {
          AddressRange.parse(name);
          System.out.print(name + " is taken for a range\n");
        } catch (IllegalArgumentException expected) {
          // It is none.
        }
      }
    }
  }
}
