package org.everbearer.osgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** The library as a bundle in Apache Felix. HttpClient's JARs are no bundles and are wrapped, as users have to. */
class BundleTest {
  private static final Path CLASSES = Path.of("target", "classes");

  @TempDir
  Path directory;

  @Test
  void inAFramework_resolvesLoadsAllItsClassesAndRefreshes() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/auth/v2/refresh-session", exchange ->
        answer(exchange, "{\"accessToken\":\"a.2\",\"refreshToken\":\"r.2\"}"));
    server.createContext("/api", exchange -> answer(exchange, exchange.getRequestHeaders().getFirst("Authorization")));
    server.start();
    String origin = "http://127.0.0.1:" + server.getAddress().getPort();
    Framework framework = new FrameworkFactory().newFramework(Map.of(
        Constants.FRAMEWORK_STORAGE, directory.toString(),
        // What Aries SPI Fly provides elsewhere: slf4j 2 asks for it.
        Constants.FRAMEWORK_SYSTEMCAPABILITIES_EXTRA, "osgi.extender;osgi.extender=\"osgi.serviceloader.processor\";"
        + "version:Version=\"1.0\",osgi.extender;osgi.extender=\"osgi.serviceloader.registrar\";version:Version=\"1.0\""));
    framework.start();
    try {
      Bundle library = install(framework.getBundleContext());
      library.start();
      assertEquals(Bundle.ACTIVE, library.getState());
      ClassLoader loader = library.loadClass("org.everbearer.TokenSet").getClassLoader();
      for (String name : ownClasses()) {
        Class<?> loaded = Class.forName(name, true, loader);
        assertSame(loader, loaded.getClassLoader());
        loaded.getDeclaredMethods(); // finds all types of their signatures
      }
      Map<String, String> params = Map.of("baseUrl", origin, "allowedOrigins", origin, "refreshToken", "r.1");
      Callable<?> caller = (Callable<?>) framework.getBundleContext()
          .installBundle("caller", new ByteArrayInputStream(callersBundle()))
          .loadClass(Caller.class.getName()).getConstructor(Map.class).newInstance(params);
      assertTrue(caller.getClass() != Caller.class, "it is the bundle's");
      assertEquals("Bearer a.2", caller.call());
    } finally {
      framework.stop();
      framework.waitForStop(20_000);
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Bundle install(BundleContext context) throws Exception {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      if (jar.getFileName().toString().matches("(gson|jose4j|slf4j-api|slf4j-simple|jakarta\\.servlet-api)-.*\\.jar")) {
        context.installBundle(jar.toUri().toString());
      } else if (jar.getFileName().toString().matches("(httpclient5|httpcore5|httpcore5-h2)-[0-9.]+\\.jar")) {
        context.installBundle(entry, new ByteArrayInputStream(wrapped(jar)));
      }
    }
    return context.installBundle("reference:" + CLASSES.toUri());
  }

  /** All but what only a container of the other kind, or an application with Micrometer, loads. */
  private static List<String> ownClasses() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES.resolve("org"))) {
      List<String> names = files.filter(file -> file.toString().endsWith(".class"))
          .map(file -> CLASSES.relativize(file).toString().replace(".class", "").replace(File.separatorChar, '.'))
          .filter(name -> !name.matches("org\\.everbearer\\.micrometer\\..*|.*\\.JavaxStartup")).toList();
      assertTrue(names.size() > 150, names::toString);
      return names;
    }
  }

  private static byte[] wrapped(Path file) throws IOException {
    List<String> packages = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarFile jar = new JarFile(file.toFile())) {
      jar.stream().filter(entry -> entry.getName().endsWith(".class") && entry.getName().startsWith("org/"))
          .map(entry -> entry.getName().substring(0, entry.getName().lastIndexOf('/')).replace('/', '.'))
          .forEach(packages::add);
      Manifest manifest = bundle(file.getFileName().toString());
      manifest.getMainAttributes().putValue(Constants.EXPORT_PACKAGE, String.join(",", new TreeSet<>(packages)));
      try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
        for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
          if (entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
          out.putNextEntry(new JarEntry(entry.getName()));
          try (InputStream in = jar.getInputStream(entry)) {
            in.transferTo(out);
          }
        }
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] callersBundle() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream out = new JarOutputStream(bytes, bundle("caller"))) {
      String name = Caller.class.getName().replace('.', '/') + ".class";
      out.putNextEntry(new JarEntry(name));
      out.write(Files.readAllBytes(Path.of("target", "test-classes").resolve(name)));
    }
    return bytes.toByteArray();
  }

  private static Manifest bundle(String name) {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    main.putValue(Constants.BUNDLE_SYMBOLICNAME, name.replaceAll("[^A-Za-z0-9.-]", "_"));
    main.putValue(Constants.DYNAMICIMPORT_PACKAGE, "*");
    return manifest;
  }
}
