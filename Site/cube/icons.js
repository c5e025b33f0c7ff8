// Icons that only the cube has, drawn as those of the viewer.

export const selectIcon = "M4 4h4M4 4v4M20 4h-4M20 4v4M4 20h4M4 20v-4M20 20h-4M20 20v-4M9 9h6v6H9z";
export const wholeIcon = "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5";
export const pushIcon = "M3 12h18M8 7l-5 5 5 5M16 7l5 5-5 5";
