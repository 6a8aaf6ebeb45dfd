package org.everbearer.store;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.everbearer.Fingerprint;

/**
 * What tells one JVM from the others in a file name: the kernel it runs under, when it was started, and its process id.
 * Every web application of a JVM comes to the same, whatever of it can be found out: a doubt makes two processes one,
 * and never one process two. Containers share the kernel's mark; each host, and each boot of it, has its own.
 */
final class ProcessMark {
  private static final Pattern FORM = Pattern.compile("([0-9a-f]{12})-([0-9a-z]+)-([0-9]+|x)");
  private static final Path BOOT_ID = Paths.get("/proc/sys/kernel/random/boot_id");
  private static final Path SELF = Paths.get("/proc/self");

  private final String kernel;
  private final String start;
  private final String pid;

  private ProcessMark(String kernel, String start, String pid) {
    this.kernel = kernel;
    this.start = start;
    this.pid = pid;
  }

  /** Null where the kernel does not tell itself from others. */
  static ProcessMark own() {
    String boot;
    try {
      boot = new String(Files.readAllBytes(BOOT_ID), StandardCharsets.US_ASCII).trim();
    } catch (IOException | SecurityException e) {
      return null;
    }
    if (boot.isEmpty()) return null;
    long start;
    try {
      start = ManagementFactory.getRuntimeMXBean().getStartTime();
    } catch (LinkageError | SecurityException e) {
      return null; // an image without that module
    }
    return new ProcessMark(Fingerprint.hash(boot).substring(0, 12), Long.toString(start, 36), pid());
  }

  // Not the name of the RuntimeMXBean, which may ask a name server for the host's.
  private static String pid() {
    try {
      String pid = Files.readSymbolicLink(SELF).toString();
      return pid.matches("[0-9]+") ? pid : "x";
    } catch (IOException | RuntimeException e) {
      return "x";
    }
  }

  /** Whether the mark is certainly that of another process, whose locks can be seen from here. */
  boolean isOtherOfThisKernel(String mark) {
    Matcher other = FORM.matcher(mark);
    if (!other.matches() || !other.group(1).equals(kernel)) return false;
    if (!other.group(2).equals(start)) return true;
    return !pid.equals("x") && !other.group(3).equals("x") && !other.group(3).equals(pid);
  }

  @Override
  public String toString() {
    return kernel + "-" + start + "-" + pid;
  }
}
