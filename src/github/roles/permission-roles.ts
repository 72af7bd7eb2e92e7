import type { Role } from "../../kernel/roles.ts";

/**
 * The roles of people where `.github/fleet.yml` names nobody for a role (PRODUCT.md): by the exact `role_name` of the
 * collaborator permission, because `permission` shows maintain as write and triage as read.
 */
export const permissionRoles = {
  admin: ["product-owner", "architect"],
  maintain: ["product-owner", "architect"],
  write: ["qa", "developer"],
  triage: [],
  read: [],
  none: [],
} as const satisfies Record<string, readonly Role[]>;

/** What GitHub says beside `permission`, where it says it: the same grades, each with all that it includes. */
export type GrantedPermissions = { readonly maintain?: boolean | undefined; readonly admin?: boolean | undefined };

/** The exact name of a permission where `role_name` is missing: older and compatible servers give the grades only. */
export function permissionName(permission: string, granted: GrantedPermissions | undefined): string {
  return permission === "write" && granted?.maintain === true ? "maintain" : permission;
}

/** The roles of a permission; a custom role's own name is unknown here, and then its base `permission` counts. */
export function rolesOfPermission(roleName: string | undefined, permission: string): readonly Role[] {
  const rows: Readonly<Record<string, readonly Role[]>> = permissionRoles;
  const exact = roleName !== undefined && Object.hasOwn(rows, roleName) ? rows[roleName] : undefined;
  return exact ?? (Object.hasOwn(rows, permission) ? rows[permission] : undefined) ?? [];
}
