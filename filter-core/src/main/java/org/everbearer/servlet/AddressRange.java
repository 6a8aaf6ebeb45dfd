package org.everbearer.servlet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** An IP address, or all that share its first bits (CIDR, RFC 4632). Immutable; never asks a name server. */
final class AddressRange {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private final byte[] first;
  private final int bits;

  private AddressRange(byte[] first, int bits) {
    this.first = first;
    this.bits = bits;
  }

  /** @throws IllegalArgumentException if it is neither {@code ADDRESS} nor {@code ADDRESS/BITS} */
  static AddressRange parse(String text) {
    String[] parts = text.split("/", -1);
    byte[] address = address(parts[0]);
    boolean wellFormed = address != null && (parts.length == 1 || parts.length == 2 && parts[1].matches("\\d{1,3}"));
    int bits = wellFormed && parts.length == 2 ? Integer.parseInt(parts[1]) : wellFormed ? address.length * 8 : 0;
    if (!wellFormed || bits > address.length * 8) {
      throw new IllegalArgumentException("\"" + text + "\" is neither an IP address nor a range such as 10.1.0.0/16");
    }
    return new AddressRange(address, bits);
  }

  /** False for what is no IP address. */
  boolean contains(String text) {
    byte[] address = text == null ? null : address(text);
    if (address == null || address.length != first.length) return false;
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % 8;
      if ((address[bit / 8] & mask) != (first[bit / 8] & mask)) return false;
    }
    return true;
  }

  /** Null for what is no literal address; an IPv4 address inside an IPv6 one counts as that. */
  private static byte[] address(String text) {
    String bare = text.trim().replaceFirst("^\\[(.*)]$", "$1").replaceFirst("%.*$", "");
    if (IPV4.matcher(bare).matches()) return ipv4(bare);
    if (!IPV6.matcher(bare).matches()) return null;
    try {
      // In brackets nothing but an address is looked for.
      return InetAddress.getByName("[" + bare + "]").getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  // Not by InetAddress, which takes what is no address, such as 999.1.1.1, for a name and asks the resolver.
  private static byte[] ipv4(String text) {
    String[] parts = text.split("\\.");
    byte[] address = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      int part = Integer.parseInt(parts[i]);
      // A leading zero means octal to some.
      if (part > 255 || parts[i].length() > 1 && parts[i].startsWith("0")) return null;
      address[i] = (byte) part;
    }
    return address;
  }
}
