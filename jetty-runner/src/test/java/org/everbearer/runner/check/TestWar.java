package org.everbearer.runner.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** Builds WARs with the library's JAR in them, and what else a test wants. */
final class TestWar {
  private static final String FILTER = "org/everbearer/servlet/BearerTokenFilter.class";

  static final String PROVIDER = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";

  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final StringBuilder content = new StringBuilder();
  private String root = "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"5.0\">";

  static TestWar withLibrary() throws IOException {
    TestWar war = new TestWar();
    war.entries.put("WEB-INF/lib/everbearer.jar", jar(Map.of(FILTER, resource(FILTER))));
    return war.libraries();
  }

  /** Its JAR looks like the one with the classifier. */
  static TestWar withJavaxLibrary() throws IOException {
    TestWar war = new TestWar();
    String converted = new String(resource(FILTER), ISO_8859_1).replace("jakarta/servlet/", "javax/servlet/");
    war.entries.put("WEB-INF/lib/everbearer.jar", jar(Map.of(FILTER, converted.getBytes(ISO_8859_1))));
    return war.libraries();
  }

  private TestWar libraries() throws IOException {
    Map<String, byte[]> classes = new LinkedHashMap<>();
    for (String name : new String[] {"org/apache/hc/client5/http/classic/HttpClient",
      "org/apache/hc/core5/http/HttpRequest", "org/jose4j/jwt/JwtClaims", "com/google/gson/Gson", "org/slf4j/Logger",
      "org/slf4j/spi/SLF4JServiceProvider"}) {
      classes.put(name + ".class", new byte[0]);
    }
    entries.put("WEB-INF/lib/provider.jar", jar(Map.of(PROVIDER, "org.example.Provider".getBytes(UTF_8))));
    entries.put("WEB-INF/lib/others.jar", jar(classes));
    return this;
  }

  TestWar without(String entry) {
    entries.remove(entry);
    return this;
  }

  TestWar entry(String name, byte[] bytes) {
    entries.put(name, bytes);
    return this;
  }

  byte[] bytes(String entry) {
    return entries.get(entry);
  }

  TestWar ownClass(Class<?> type) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    return entry("WEB-INF/classes/" + name, resource(name));
  }

  TestWar descriptor(String rootElement) {
    root = rootElement;
    return this;
  }

  TestWar xml(String text) {
    content.append(text);
    return this;
  }

  TestWar contextParam(String name, String value) {
    return xml("<context-param>" + param(name, value) + "</context-param>");
  }

  /** One more JAR, with these entries. */
  TestWar jar(String file, String... namesAndTexts) throws IOException {
    Map<String, byte[]> content = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      content.put(namesAndTexts[i], namesAndTexts[i + 1].getBytes(UTF_8));
    }
    return entry("WEB-INF/lib/" + file, jar(content));
  }

  TestWar filter(String name, Map<String, String> params) {
    return filter(name, params, "");
  }

  TestWar filter(String name, Map<String, String> params, String dispatchers) {
    return xml(filterXml(name, params, dispatchers));
  }

  static String filterXml(String name, Map<String, String> params, String dispatchers) {
    StringBuilder xml = new StringBuilder("<filter><filter-name>" + name + "</filter-name>"
        + "<filter-class>\n org.everbearer.servlet.BearerTokenFilter </filter-class>"
        + "<async-supported>true</async-supported>");
    params.forEach((key, value) -> xml.append("<init-param>").append(param(key, value)).append("</init-param>"));
    return xml.append("</filter><filter-mapping><filter-name>").append(name)
        .append("</filter-name><url-pattern>/*</url-pattern>").append(dispatchers).append("</filter-mapping>").toString();
  }

  private static String param(String name, String value) {
    return "<param-name>" + name + "</param-name><param-value>" + value + "</param-value>";
  }

  Path write(Path file) throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>(entries);
    String webXml = "<?xml version=\"1.0\"?>\n" + root + content + "</web-app>";
    if (root != null) all.put("WEB-INF/web.xml", webXml.getBytes(UTF_8));
    Files.write(file, jar(all));
    return file;
  }

  static byte[] jar(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TestWar.class.getClassLoader().getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
