package org.everbearer.coordinator;

/** Answers "which of these?" for one run of a model; the explorer sees to it that every answer is given once. */
interface Choices {
  /** A number from 0 to {@code options - 1}. */
  int next(int options);
}
