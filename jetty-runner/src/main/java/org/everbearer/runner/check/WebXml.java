package org.everbearer.runner.check;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** What of {@code web.xml} concerns bearer tokens, whichever version it has. */
final class WebXml {
  private static final String FILTER = "org.everbearer.servlet.BearerTokenFilter";
  private static final String JAKARTA = "https://jakarta.ee/";

  /** One filter of ours. */
  record Filter(String name, Map<String, String> initParams, boolean asyncSupported, boolean mapped) {
  }

  private final Element root;

  private WebXml(Element root) {
    this.root = root;
  }

  /** @throws SAXException if it is no XML */
  static WebXml parse(byte[] bytes) throws IOException, SAXException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setExpandEntityReferences(false);
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      // Old descriptors name a DTD somewhere in the net; nothing is fetched.
      builder.setEntityResolver((publicId, systemId) -> new InputSource(new StringReader("")));
      builder.setErrorHandler(new DefaultHandler());
      return new WebXml(builder.parse(new ByteArrayInputStream(bytes)).getDocumentElement());
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it is written for a container of Jakarta EE 9 or later, which read older descriptors too. */
  boolean isJakarta() {
    return root.getNamespaceURI() != null && root.getNamespaceURI().startsWith(JAKARTA);
  }

  Map<String, String> contextParams() {
    return params(root, "context-param");
  }

  List<Filter> filters() {
    List<Filter> filters = new ArrayList<>();
    for (Element filter : children(root, "filter")) {
      if (!FILTER.equals(text(filter, "filter-class"))) continue;
      String name = text(filter, "filter-name");
      boolean mapped = children(root, "filter-mapping").stream()
          .anyMatch(mapping -> name.equals(text(mapping, "filter-name")));
      filters.add(new Filter(name, params(filter, "init-param"),
          text(filter, "async-supported").equalsIgnoreCase("true"), mapped));
    }
    return filters;
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
