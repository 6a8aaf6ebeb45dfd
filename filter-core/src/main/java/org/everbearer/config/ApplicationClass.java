package org.everbearer.config;

import java.lang.reflect.Modifier;

/** A class of the application's own that a parameter names. */
final class ApplicationClass {
  private ApplicationClass() {}

  /** Whether it can only be meant as a class: none of our own spellings has a dot. */
  static boolean looksLikeOne(String text) {
    return text.matches("[\\w$]+(\\.[\\w$]+)+");
  }

  /** @throws IllegalArgumentException that says what is wrong with it */
  static <T> Class<? extends T> load(String className, Class<T> type) {
    Class<?> found = find(className);
    if (!type.isAssignableFrom(found)) {
      ClassLoader other = otherLoaderOf(found, type);
      throw new IllegalArgumentException("names a class that does not implement " + type.getName()
          + (other == null ? "" : " as this web application knows it: the class comes from " + other
              + ", so the library is in two places"));
    }
    boolean constructible = Modifier.isPublic(found.getModifiers()) && !Modifier.isAbstract(found.getModifiers());
    try {
      found.getConstructor();
    } catch (NoSuchMethodException e) {
      constructible = false;
    }
    if (!constructible) {
      throw new IllegalArgumentException("names a class that must be public and not abstract, and have a public"
          + " constructor without parameters");
    }
    return found.asSubclass(type);
  }

  /** @throws IllegalArgumentException if its constructor fails */
  static <T> T create(Class<? extends T> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException("names a class whose constructor failed: " + cause, e);
    }
  }

  private static Class<?> find(String className) {
    ClassLoader application = Thread.currentThread().getContextClassLoader();
    try {
      return Class.forName(className, false,
          application == null ? ApplicationClass.class.getClassLoader() : application);
    } catch (ClassNotFoundException e) {
      return findInLibrary(className);
    } catch (LinkageError e) {
      throw new IllegalArgumentException("names a class that cannot be loaded: " + e, e);
    }
  }

  private static Class<?> findInLibrary(String className) {
    try {
      return Class.forName(className, false, ApplicationClass.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException("names a class that the web application does not have", e);
    }
  }

  // The same interface from two class loaders is two interfaces: worth telling apart from a missing "implements".
  private static ClassLoader otherLoaderOf(Class<?> found, Class<?> type) {
    for (Class<?> c = found; c != null; c = c.getSuperclass()) {
      for (Class<?> i : c.getInterfaces()) if (i.getName().equals(type.getName())) return i.getClassLoader();
    }
    return null;
  }
}
