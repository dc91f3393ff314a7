// three carries no types of its own: what we use of it is in one file.
declare module "three";
declare module "three/addons/*";
