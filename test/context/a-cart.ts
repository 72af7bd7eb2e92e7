/** A file with a class of two methods and a constant. */
export const cart = `export class Cart {
  total() {
    return 1;
  }
  clear() {
    return 0;
  }
}
export const rate = 2;
`;
