package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the README and the pages in docs show compiles, and is accepted as a configuration. */
class ReadmeTest {
  @TempDir Path directory;

  @Test
  void everyFilterBlock_isAValidConfiguration() throws Exception {
    Path secret = Files.writeString(directory.resolve("token"), "opaque-token");
    int blocks = 0;
    for (String page : Docs.pages()) {
      for (String block : Docs.snippets(page, "xml")) {
        if (!block.contains("<filter>")) continue;
        blocks++;
        Element filter = parse(block.replace("/run/secrets/chat-token", secret.toString())
            .replace("/etc/chat", directory.toString()).replace("/var/lib/chat", directory.toString()));
        assertEquals("org.everbearer.servlet.BearerTokenFilter", text(filter, "filter-class"));
        ConfigSource source = ConfigSource.builder(text(filter, "filter-name")).initParams(initParams(filter))
            .environment(Map.of("AUTH_ACCESS_TOKEN", "access", "AUTH_REFRESH_TOKEN", "refresh")).build();
        assertEquals(List.of(Origin.parse("https://chat.example.com")), ClientConfig.read(source).allowedOrigins(), page);
      }
    }
    assertEquals(4, blocks, "the first screen's, the static one, the one on demand, and the home-grown endpoint's");
  }

  @Test
  void everyJavaSnippet_compiles() throws Exception {
    int snippets = 0;
    for (String page : Docs.pages()) {
      for (String code : Docs.snippets(page, "java")) {
        Docs.compile(directory, whole(code));
        snippets++;
      }
    }
    assertTrue(snippets >= 8, snippets + " snippets");
  }

  private static String whole(String code) {
    if (code.startsWith("import")) return code;
    if (code.contains("RestClient")) {
      return """
          import feign.Feign; import feign.hc5.*; import jakarta.ws.rs.client.*; import org.everbearer.servlet.BearerTokens;
          import org.apache.hc.client5.http.impl.classic.*; import org.glassfish.jersey.apache5.connector.*;
          import org.glassfish.jersey.client.ClientConfig; import org.springframework.http.client.*;
          import org.springframework.web.client.RestClient;
          class Stacks {
            interface Rooms {}
            void all(BearerTokens tokens, CloseableHttpClient http) {%s}
          }""".formatted(code);
    }
    return """
        import org.apache.hc.client5.http.classic.methods.*; import org.apache.hc.client5.http.impl.classic.*;
        import org.everbearer.servlet.BearerTokens;
        class First { void run(jakarta.servlet.ServletContext servletContext) throws Exception {%s}}""".formatted(code);
  }

  @Test
  void everyXml_isWellFormed() throws Exception {
    int blocks = 0;
    for (String page : Docs.pages()) {
      for (String block : Docs.snippets(page, "xml")) {
        parse(block);
        blocks++;
      }
    }
    assertTrue(blocks > 8, blocks + " blocks");
  }

  /** A provider of another version than the API's is none. */
  @Test
  void theLoggingProvider_isOfTheApisVersion() throws Exception {
    String version = text(parse(Docs.text("pom.xml")), "slf4j.version");
    Element dependencies = parse(Docs.snippet("README.md", "xml", "<dependency>"));
    List<String> versions = new ArrayList<>();
    NodeList nodes = dependencies.getElementsByTagName("version");
    for (int i = 0; i < nodes.getLength(); i++) versions.add(nodes.item(i).getTextContent());
    assertEquals(List.of(text(parse(Docs.text("pom.xml")), "version"), version), versions);
  }

  private static Element parse(String block) throws Exception {
    String xml = block.replaceFirst("(?s)^\\s*<\\?xml.*?\\?>", "").replaceFirst("(?s)^\\s*<!DOCTYPE.*?>", "");
    Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new ByteArrayInputStream(("<all>" + xml + "</all>").getBytes(StandardCharsets.UTF_8)));
    return document.getDocumentElement();
  }

  private static Map<String, String> initParams(Element filter) {
    Map<String, String> params = new LinkedHashMap<>();
    NodeList nodes = filter.getElementsByTagName("init-param");
    for (int i = 0; i < nodes.getLength(); i++) {
      Element param = (Element) nodes.item(i);
      params.put(text(param, "param-name"), text(param, "param-value"));
    }
    return params;
  }

  private static String text(Element parent, String tag) {
    return parent.getElementsByTagName(tag).item(0).getTextContent();
  }
}
