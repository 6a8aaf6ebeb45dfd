package org.everbearer.runner.check;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** What of {@code web.xml} or a {@code web-fragment.xml} concerns bearer tokens, whichever version it has. */
final class WebXml {
  private static final String JAKARTA = "https://jakarta.ee/";
  /** Descriptors have five levels; thousands are there to harm whoever reads them. */
  private static final int MAX_DEPTH = 100;

  /** A filter of any kind. What is not said there is empty, or null. */
  record Filter(String name, String className, Map<String, String> initParams, Boolean asyncSupported) {
  }

  private final Element root;

  private WebXml(Element root) {
    this.root = root;
  }

  /**
   * @param rootElement {@code web-app} or {@code web-fragment}
   * @throws SAXException if it is no XML, or another document
   */
  static WebXml parse(byte[] bytes, String rootElement) throws IOException, SAXException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setAttribute("http://www.oracle.com/xml/jaxp/properties/maxElementDepth", MAX_DEPTH);
      factory.setNamespaceAware(true);
      factory.setExpandEntityReferences(false);
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      // Old descriptors name a DTD somewhere in the net; nothing is fetched.
      builder.setEntityResolver((publicId, systemId) -> new InputSource(new StringReader("")));
      builder.setErrorHandler(new DefaultHandler());
      Element root = builder.parse(new ByteArrayInputStream(bytes)).getDocumentElement();
      if (rootElement.equals(root.getLocalName())) return new WebXml(root);
      throw new SAXException("its outermost element is " + root.getLocalName() + ", not " + rootElement);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it is written for a container of Jakarta EE 9 or later, which read older descriptors too. */
  boolean isJakarta() {
    return root.getNamespaceURI() != null && root.getNamespaceURI().startsWith(JAKARTA);
  }

  /** Whether fragments do not count. */
  boolean isComplete() {
    return root.getAttribute("metadata-complete").trim().equalsIgnoreCase("true");
  }

  /** Of a fragment; empty if it has none. */
  String name() {
    return text(root, "name");
  }

  /** The names of the only fragments that count; null if all do. */
  Set<String> onlyFragments() {
    List<Element> ordering = children(root, "absolute-ordering");
    if (ordering.isEmpty() || !children(ordering.get(0), "others").isEmpty()) return null;
    Set<String> names = new TreeSet<>();
    for (Element name : children(ordering.get(0), "name")) names.add(name.getTextContent().trim());
    return names;
  }

  Map<String, String> contextParams() {
    return params(root, "context-param");
  }

  List<Filter> filters() {
    List<Filter> filters = new ArrayList<>();
    for (Element filter : children(root, "filter")) {
      String async = text(filter, "async-supported");
      filters.add(new Filter(text(filter, "filter-name"), text(filter, "filter-class"), params(filter, "init-param"),
          async.isEmpty() ? null : async.equalsIgnoreCase("true")));
    }
    return filters;
  }

  /** Of each mapping of this filter the kinds of dispatch that it is for. */
  List<Set<String>> mappings(String filter) {
    List<Set<String>> mappings = new ArrayList<>();
    for (Element mapping : children(root, "filter-mapping")) {
      if (!filter.equals(text(mapping, "filter-name"))) continue;
      Set<String> dispatchers = new TreeSet<>();
      for (Element dispatcher : children(mapping, "dispatcher")) dispatchers.add(dispatcher.getTextContent().trim());
      mappings.add(dispatchers.isEmpty() ? Set.of("REQUEST") : dispatchers);
    }
    return mappings;
  }

  private static Map<String, String> params(Element parent, String name) {
    Map<String, String> params = new LinkedHashMap<>();
    for (Element param : children(parent, name)) params.put(text(param, "param-name"), text(param, "param-value"));
    return params;
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && name.equals(element.getLocalName())) children.add(element);
    }
    return children;
  }

  /** Of the child of this name, trimmed as containers do; empty if there is none. */
  private static String text(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? "" : found.get(0).getTextContent().trim();
  }
}
