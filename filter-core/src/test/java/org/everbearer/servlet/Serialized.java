package org.everbearer.servlet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;

/** What another node gets of an object in the session. */
final class Serialized {
  private Serialized() {}

  static byte[] bytes(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  static String text(Object object) throws IOException {
    return new String(bytes(object), StandardCharsets.ISO_8859_1);
  }

  static <T> T copy(Class<T> type, T object) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(object)))) {
      return type.cast(in.readObject());
    }
  }
}
