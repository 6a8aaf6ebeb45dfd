package org.everbearer.config;

/** What happens when a refresh is due and the store cannot be written. */
enum OnStoreFailure {
  FAIL, ROTATE
}
