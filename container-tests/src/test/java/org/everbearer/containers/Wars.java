package org.everbearer.containers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** The sample in one flavour, as it is built, and what is made of it to show the other ways of deployment. */
final class Wars {
  private static final String WEB_XML = "WEB-INF/web.xml";
  private static final String FILTER = "(?s)<filter>\\s*<filter-name>sample-chat-proxy</filter-name>.*?</filter>";
  private static final String MAPPING =
      "(?s)<filter-mapping>\\s*<filter-name>sample-chat-proxy</filter-name>.*?</filter-mapping>";

  /** As it is built. */
  final Path sample;
  /** With context parameters in place of the filter, and a servlet that works asynchronously. */
  final Path dropIn;
  /** With {@code metadata-complete="true"}. */
  final Path complete;
  /** Without the library: for what the container does with any application. */
  final Path other;

  private Wars(Path sample, Path dropIn, Path complete, Path other) {
    this.sample = sample;
    this.dropIn = dropIn;
    this.complete = complete;
    this.other = other;
  }

  static Wars of(Path directory, boolean javax) throws Exception {
    Files.createDirectories(directory);
    String file = System.getProperty("sample.war");
    Path sample = Path.of(javax ? file.replace(".war", "-javax.war") : file).normalize();
    Path probe = compile("AsyncProbe", directory, classPath(directory, sample), javax);
    Path dropIn = directory.resolve("drop-in.war");
    rewrite(sample, dropIn, xml -> change(change(xml, MAPPING, ""), FILTER, String.join("\n",
        param("client", "sample-chat-proxy"),
        param("baseUrl", "#{env:AUTH_BASE_URL}"),
        param("accessToken", "#{env:AUTH_ACCESS_TOKEN}"),
        param("refreshToken", "#{env:AUTH_REFRESH_TOKEN}"),
        param("allowedOrigins", "#{env:CHAT_API_BASE_URL}"))), probe);
    Path complete = directory.resolve("complete.war");
    rewrite(sample, complete, xml -> change(xml, "metadata-complete=\"false\"", "metadata-complete=\"true\""), null);
    Path other = directory.resolve("other.war");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(other))) {
      add(compile("Gathering", directory, "", javax), out);
    }
    return new Wars(sample, dropIn, complete, other);
  }

  private static String param(String name, String value) {
    return "<context-param><param-name>everbearer." + name + "</param-name><param-value>" + value
        + "</param-value></context-param>";
  }

  private static String change(String text, String pattern, String replacement) {
    String changed = text.replaceFirst(pattern, java.util.regex.Matcher.quoteReplacement(replacement));
    if (changed.equals(text)) throw new IllegalStateException("web.xml has no " + pattern);
    return changed;
  }

  private static void rewrite(Path from, Path to, UnaryOperator<String> webXml, Path classes) throws IOException {
    try (ZipFile war = new ZipFile(from.toFile()); ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry : (Iterable<ZipEntry>) war.stream().map(ZipEntry.class::cast)::iterator) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        byte[] bytes = read(war, entry);
        out.write(entry.getName().equals(WEB_XML)
            ? webXml.apply(new String(bytes, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8) : bytes);
      }
      if (classes != null) add(classes, out);
    }
  }

  private static void add(Path classes, ZipOutputStream war) throws IOException {
    try (Stream<Path> files = Files.walk(classes).filter(Files::isRegularFile)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        war.putNextEntry(new ZipEntry("WEB-INF/classes/" + classes.relativize(file).toString().replace('\\', '/')));
        war.write(Files.readAllBytes(file));
      }
    }
  }

  private static byte[] read(ZipFile war, ZipEntry entry) throws IOException {
    try (InputStream in = war.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /** The libraries of the WAR itself, which are not on the class path of these tests. */
  private static String classPath(Path directory, Path war) throws IOException {
    Path lib = Files.createDirectories(directory.resolve("lib"));
    StringBuilder classPath = new StringBuilder();
    try (ZipFile zip = new ZipFile(war.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        if (!entry.getName().matches("WEB-INF/lib/[^/]+\\.jar")) continue;
        Path jar = lib.resolve(Path.of(entry.getName()).getFileName().toString());
        Files.write(jar, read(zip, entry));
        classPath.append(java.io.File.pathSeparator).append(jar);
      }
    }
    return classPath.toString();
  }

  private static Path compile(String name, Path directory, String classPath, boolean javax) throws IOException {
    String source;
    try (InputStream in = Wars.class.getResourceAsStream(name + ".java.txt")) {
      source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Path file = directory.resolve(name + ".java");
    Files.writeString(file, javax ? source.replace("jakarta.servlet", "javax.servlet") : source);
    Path classes = Files.createDirectories(directory.resolve("classes").resolve(name));
    int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "--release", "17", "-proc:none",
        "-classpath", servletApi(javax) + classPath, "-d", classes.toString(), file.toString());
    if (status != 0) throw new IllegalStateException(name + " does not compile");
    return classes;
  }

  private static Path servletApi(boolean javax) throws IOException {
    return Kind.TOMCAT.home(javax ? "9" : "10.1").resolve("lib/servlet-api.jar");
  }
}
