import type * as z from 'zod/mini';

/**
 * What is wrong with a value, where its schema has no words of its own; for `safeParse`. zod's smaller edition has none either, and its larger
 * one quotes unknown members: what somebody has sent is not sent back, or logged.
 */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  const unit = issue['origin'] === 'string' ? ' characters' : '';
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'has members that are not known';
    case 'invalid_type':
      return `must be of type ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `must be ${issue.minimum}${unit} or more`;
    case 'too_big':
      return `must be ${issue.maximum}${unit} or less`;
    default:
      return 'is not of the right form';
  }
};
