package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigException;
import org.everbearer.config.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the README shows compiles, is accepted as a configuration, and names every parameter. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern FENCE = Pattern.compile("```(\\w+)\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  @Test
  void everyFilterBlock_isAValidConfiguration() throws Exception {
    Path secret = Files.writeString(directory.resolve("token"), "opaque-token");
    List<String> blocks = new ArrayList<>();
    for (String block : snippets("xml")) if (block.contains("<filter>")) blocks.add(block);
    assertEquals(3, blocks.size(), "the first screen's, the static one and the one on demand");
    for (String block : blocks) {
      ConfigSource source = ConfigSource.builder("chat-api")
          .initParams(initParams(block.replace("/run/secrets/chat-token", secret.toString())
              .replace("/etc/chat", directory.toString())))
          .environment(Map.of("AUTH_ACCESS_TOKEN", "access", "AUTH_REFRESH_TOKEN", "refresh"))
          .build();
      assertEquals(List.of(Origin.parse("https://chat.example.com")), ClientConfig.read(source).allowedOrigins());
    }
  }

  @Test
  void javaSnippets_compile() throws Exception {
    List<String> java = snippets("java");
    assertEquals(4, java.size());
    compile("SignedIn", java.get(3));
    compile("Snippets", java.get(1));
    compile("Stacks", """
        import feign.Feign; import feign.hc5.*; import jakarta.ws.rs.client.*; import org.everbearer.servlet.BearerTokens;
        import org.apache.hc.client5.http.impl.classic.*; import org.glassfish.jersey.apache5.connector.*;
        import org.glassfish.jersey.client.ClientConfig; import org.springframework.http.client.*;
        import org.springframework.web.client.RestClient;
        class Stacks {
          interface Rooms {}
          void all(BearerTokens tokens, CloseableHttpClient http) {%s}
        }""".formatted(java.get(2)));
    String imports = "import org.apache.hc.client5.http.classic.methods.*; import org.apache.hc.client5.http.impl.classic.*;"
        + "import org.everbearer.servlet.BearerTokens;";
    compile("First", imports + "class First { void run(jakarta.servlet.ServletContext servletContext) throws Exception {"
        + java.get(0) + "}}");
  }

  @Test
  void everyParameter_isInTheTable_andNoOther() throws Exception {
    Set<String> documented = new TreeSet<>();
    Matcher row = Pattern.compile("^\\| (`\\w+`(?:, `\\w+`)*) \\|", Pattern.MULTILINE).matcher(section("## All parameters"));
    while (row.find()) for (String name : row.group(1).split(", ")) documented.add(name.replace("`", ""));
    assertTrue(documented.size() > 40, documented.toString());
    for (String name : documented) assertFalse(problems(name).contains("there is no parameter of this name"), name + " is documented but unknown");
    assertTrue(problems("refreshMargn").contains("there is no parameter of this name"), "the check can fail");
  }

  private static String problems(String parameter) {
    try {
      ClientConfig.read(ConfigSource.builder("c").initParams(Map.of(parameter, "x")).build());
      return "";
    } catch (ConfigException e) {
      return e.getMessage();
    }
  }

  @Test
  void everyLinkedFile_exists() throws Exception {
    Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(readme());
    int links = 0;
    for (; link.find(); links++) assertTrue(Files.exists(ROOT.resolve(link.group(1))), link.group(1));
    assertTrue(links > 4);
  }

  private void compile(String name, String code) throws Exception {
    JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
      }
    };
    StringWriter messages = new StringWriter();
    boolean compiled = ToolProvider.getSystemJavaCompiler().getTask(messages, null, null,
        List.of("-proc:none", "-d", directory.toString(),
            "-classpath", System.getProperty("java.class.path")), null, List.of(source)).call();
    assertTrue(compiled, messages.toString());
  }

  private static Map<String, String> initParams(String block) throws Exception {
    Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new ByteArrayInputStream(("<web-app>" + block + "</web-app>").getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
    assertEquals("org.everbearer.servlet.BearerTokenFilter", text(root, "filter-class"));
    Map<String, String> params = new LinkedHashMap<>();
    NodeList nodes = root.getElementsByTagName("init-param");
    for (int i = 0; i < nodes.getLength(); i++) {
      Element param = (Element) nodes.item(i);
      params.put(text(param, "param-name"), text(param, "param-value"));
    }
    return params;
  }

  private static String text(Element parent, String tag) {
    return parent.getElementsByTagName(tag).item(0).getTextContent();
  }

  private static List<String> snippets(String language) throws Exception {
    List<String> found = new ArrayList<>();
    Matcher fence = FENCE.matcher(readme());
    while (fence.find()) if (fence.group(1).equals(language)) found.add(fence.group(2));
    return found;
  }

  private static String section(String heading) throws Exception {
    String text = readme();
    int from = text.indexOf(heading);
    int to = text.indexOf("\n## ", from + heading.length());
    return text.substring(from, to);
  }

  private static String readme() throws Exception {
    return Files.readString(ROOT.resolve("README.md"));
  }
}
