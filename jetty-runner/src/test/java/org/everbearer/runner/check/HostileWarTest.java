package org.everbearer.runner.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.everbearer.runner.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** WARs that were broken, or made to break who looks at them: one line says what it is. */
class HostileWarTest {
  private static final Map<String, String> RELAY = Map.of("protocol", "relay", "allowedOrigins", "https://a.example");
  private static final int CLAIMED = 2_000_000_000;

  @TempDir
  Path directory;

  private static TestWar war() throws Exception {
    return TestWar.withLibrary().filter("chat-api", RELAY, "<dispatcher>ASYNC</dispatcher>");
  }

  private Path write(TestWar war) throws Exception {
    return war.write(directory.resolve("app.war"));
  }

  private static void assertRefused(Path war, String... parts) {
    UserError error = assertThrows(UserError.class, () -> Checked.run("--war", war.toString()));
    assertEquals(1, error.exitCode());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
    for (String part : parts) assertTrue(error.getMessage().contains(part), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil.sh", "WEB-INF/lib/../../../evil.jar", "/etc/passwd", "..\\evil", "C:\\evil", ".."})
  void entryThatLeadsOutOfIt(String name) throws Exception {
    assertRefused(write(war().entry(name, new byte[1])), "its entry " + name + " leads out of it");
  }

  @Test
  void dotsWithinANames_areFine() throws Exception {
    Checked.run("--war", write(war().entry("a..b/..c/d..", new byte[1])).toString()).isFine();
  }

  @Test
  void entriesThatClaimTwoGigabytes() throws Exception {
    Path war = write(war().entry("WEB-INF/lib/huge.jar", new byte[9]));
    claim(war, "WEB-INF/lib/huge.jar");
    Checked.run("--war", war.toString()).hasProblems(1)
        .says("PROBLEM  WEB-INF/lib/huge.jar cannot be read (it is larger than 1023 MiB, and is not looked into)");
    claim(write(war()), "WEB-INF/web.xml");
    assertRefused(war, "WEB-INF/web.xml cannot be read: it is larger than 16 MiB");
    claim(write(war().entry("WEB-INF/classes/Own.class", new byte[9])), "WEB-INF/classes/Own.class");
    Checked.run("--war", war.toString()).hasProblems(1)
        .says("the WAR cannot be looked into: WEB-INF/classes/Own.class: it is larger than 16 MiB");
  }

  /** They say that they are small, or the archive does not say at all. */
  @Test
  void entriesThatAreLarger_thanIsRead() throws Exception {
    WebArchive.Limits limits = new WebArchive.Limits(1000, 100_000);
    TestWar war = war().entry("WEB-INF/lib/huge.jar", TestWar.jar(Map.of("zeros", new byte[50_000_000])));
    try (WebArchive archive = WebArchive.open(write(war), "--war", new WebArchive.Limits(1000, 30_000))) {
      assertTrue(archive.unreadableJars().get("huge.jar").startsWith("it is larger than "),
          archive.unreadableJars().toString());
    }
    try (WebArchive archive = WebArchive.open(write(war), "--war", limits)) {
      assertEquals(Map.of(), archive.unreadableJars());
      Archive jar = archive.jars().get("huge.jar");
      assertTrue(assertThrows(IOException.class, () -> archive.read(jar, "zeros")).getMessage()
          .startsWith("it is larger than 1000 bytes"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no XML", "<web-app>", "<web-app></filter></web-app>",
    "<?xml version='1.0' encoding='x'?><a/>",
    "<html/>", "\u0000"})
  void brokenDescriptor(String xml) throws Exception {
    Path war = write(TestWar.withLibrary().descriptor(null).entry("WEB-INF/web.xml", xml.getBytes(UTF_8)));
    assertRefused(war, "WEB-INF/web.xml ");
  }

  @Test
  void descriptorOfAThousandLevels_andOneOfABillionLaughs() throws Exception {
    String deep = "<web-app>" + "<a>".repeat(100_000) + "</a>".repeat(100_000) + "</web-app>";
    assertRefused(write(TestWar.withLibrary().descriptor(null).entry("WEB-INF/web.xml", deep.getBytes(UTF_8))),
        "WEB-INF/web.xml is no XML: ");
    StringBuilder laughs = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 'ha'>");
    for (int i = 1; i < 30; i++) laughs.append("<!ENTITY e" + i + " '" + ("&e" + (i - 1) + ";").repeat(10) + "'>");
    laughs.append("]><web-app><context-param><param-name>everbearer.client</param-name><param-value>&e29;</param-value>"
        + "</context-param></web-app>");
    Checked.run("--war", write(TestWar.withLibrary().descriptor(null).entry("WEB-INF/web.xml",
        laughs.toString().getBytes(UTF_8))).toString()).says("PROBLEM").never("hahaha");
  }

  @Test
  void emptyElements_areNoReasonToStumble() throws Exception {
    Checked.run("--war", write(TestWar.withLibrary().xml("<filter/><filter-mapping/><context-param/><listener/>"
        + "<filter><filter-class>org.everbearer.servlet.BearerTokenFilter</filter-class></filter>")).toString())
        .says("PROBLEM").never("\tat ");
  }

  @Test
  void ear_isToldWhichWarsToTake() throws Exception {
    Path ear = directory.resolve("app.ear");
    Files.write(ear, TestWar.jar(Map.of("META-INF/application.xml", new byte[1], "web.war", new byte[1],
        "admin.war", new byte[1])));
    assertRefused(ear, "is an EAR, not a WAR; unpack it, and take each WAR in it by itself: admin.war, web.war");
    Files.createDirectories(directory.resolve("unpacked"));
    Files.write(directory.resolve("unpacked/web.war"), new byte[1]);
    assertRefused(directory.resolve("unpacked"), "is an EAR, not a WAR", "web.war");
  }

  @Test
  void truncatedWar_andOneThatIsNone() throws Exception {
    byte[] whole = Files.readAllBytes(write(war()));
    Path war = directory.resolve("cut.war");
    Files.write(war, Arrays.copyOf(whole, whole.length / 2));
    assertRefused(war, "is not a WAR (");
    Files.writeString(war, "text");
    assertRefused(war, "is not a WAR (");
    Files.write(war, new byte[0]);
    assertRefused(war, "is not a WAR (");
    Files.write(war, emptyZip());
    assertRefused(war, "is empty");
  }

  private static byte[] emptyZip() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ZipOutputStream(bytes).close();
    return bytes.toByteArray();
  }

  /** Has the archive's directory say that this entry is 2 GB large. */
  private static void claim(Path zip, String name) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(zip)).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.limit() - 46; at++) {
      if (bytes.getInt(at) != 0x02014b50) continue;
      byte[] named = new byte[bytes.getShort(at + 28)];
      bytes.get(at + 46, named);
      if (new String(named, UTF_8).equals(name)) bytes.putInt(at + 24, CLAIMED);
    }
    Files.write(zip, bytes.array());
    try (ZipFile claiming = new ZipFile(zip.toFile())) {
      assertEquals(CLAIMED, claiming.getEntry(name).getSize());
    }
  }
}
