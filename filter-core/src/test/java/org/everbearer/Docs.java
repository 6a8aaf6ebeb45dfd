package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The pages for people, and what they show. */
public final class Docs {
  public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern FENCE = Pattern.compile("^( *)```(\\w+)\n(.*?)^ *```", Pattern.DOTALL | Pattern.MULTILINE);

  private Docs() {}

  /** The README and what is in docs. */
  public static List<String> pages() throws IOException {
    List<String> pages = new ArrayList<>(List.of("README.md"));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files.map(file -> "docs/" + file.getFileName()).filter(name -> name.endsWith(".md")).sorted().forEach(pages::add);
    }
    assertTrue(pages.size() > 7, pages.toString());
    return pages;
  }

  public static String text(String page) throws IOException {
    return Files.readString(ROOT.resolve(page));
  }

  public static List<String> snippets(String page, String language) throws IOException {
    List<String> found = new ArrayList<>();
    Matcher fence = FENCE.matcher(text(page));
    while (fence.find()) if (fence.group(2).equals(language)) found.add(fence.group(3).stripIndent());
    return found;
  }

  /** The one snippet with this text. */
  public static String snippet(String page, String language, String with) throws IOException {
    List<String> found = snippets(page, language).stream().filter(snippet -> snippet.contains(with)).toList();
    assertTrue(found.size() == 1, page + " has " + found.size() + " snippets with " + with);
    return found.get(0);
  }

  public static Class<?> compile(Path directory, String code) throws Exception {
    Matcher name = Pattern.compile("\\bclass (\\w+)").matcher(code);
    assertTrue(name.find(), code);
    URI uri = URI.create("string:///" + name.group(1) + ".java");
    JavaFileObject source = new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
      }
    };
    StringWriter messages = new StringWriter();
    boolean compiled = ToolProvider.getSystemJavaCompiler().getTask(messages, null, null, List.of("-proc:none", "-d",
        directory.toString(), "-classpath", System.getProperty("java.class.path")), null, List.of(source)).call();
    assertTrue(compiled, messages.toString());
    // Left open: the class may load others of it as long as it is there.
    return new URLClassLoader(new URL[] {directory.toUri().toURL()}, Docs.class.getClassLoader()).loadClass(name.group(1));
  }
}
