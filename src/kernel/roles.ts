/** The seven roles, in the order in which help and tables list them (DOMAIN.md §1). */
export const roles = ["product-owner", "architect", "qa", "developer", "devops", "data", "system"] as const;

export type Role = (typeof roles)[number];

/** The roles that a person can be mapped to: `system` is the fleet itself. */
export const humanRoles = [
  "product-owner",
  "architect",
  "qa",
  "developer",
  "devops",
  "data",
] as const satisfies readonly Role[];

/**
 * What is known of a principal's roles. A team look-up has three answers (member, outsider, unknown); a look-up that
 * failed is `known: false`, and unknown never passes (DOMAIN.md §1).
 */
export type RoleAnswer =
  | {
      readonly known: true;
      readonly roles: readonly Role[];
      /** Why these and no more, where that is not plain, as a clause for a refusal: "a bot decides at no gate". */
      readonly note?: string;
    }
  /** `why` names the look-up that failed, for the refusal's text; it holds no secret. */
  | { readonly known: false; readonly why: string };

/** What the fleet itself holds. */
export const systemRoles = { known: true, roles: ["system"] } as const satisfies RoleAnswer;

/** Narrows any string to a role. */
export function isRole(value: string): value is Role {
  return roles.some((role) => role === value);
}
