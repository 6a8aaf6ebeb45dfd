package org.everbearer.runner;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Packs classes of the tests into a small WAR. */
final class WarFile {
  private WarFile() {
  }

  static Path write(Path file, String webXmlContent, Class<?>... classes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
      add(zip, "WEB-INF/web.xml", ("""
          <?xml version="1.0" encoding="UTF-8"?>
          <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">
          """ + webXmlContent + "</web-app>").getBytes(UTF_8));
      add(zip, "index.html", "the index page".getBytes(UTF_8));
      for (Class<?> type : classes) {
        String path = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(path)) {
          add(zip, "WEB-INF/classes/" + path, in.readAllBytes());
        }
      }
    }
    return file;
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }
}
