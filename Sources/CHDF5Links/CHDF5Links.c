#define _GNU_SOURCE
#include "CHDF5Links.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

// The few functions of HDF5 (1.10 and later) that are used, without its headers: netCDF-C brings the
// library along, and its headers are in different places on different systems.
typedef int64_t hid;
typedef int (*link_operator)(hid group, const char *name, const int *info, void *data);

static struct {
  hid (*open_file)(const char *, unsigned, hid);
  int (*close_file)(hid);
  int (*visit)(hid, int, int, link_operator, void *);
  hid (*open_object)(hid, const char *, hid);
  int (*close_object)(hid);
  int (*type_of)(hid);
  hid (*creation)(hid);
  int (*external_count)(hid);
  int (*layout)(hid);
  int (*close_list)(hid);
  int (*is_hdf5)(const char *);
} hdf5;

// Values of HDF5's enumerations, which its file format and its interface keep.
enum { dataset = 5, virtual_layout = 3, external_link = 64, by_name = 0, native_order = 2 };

typedef struct {
  char *name;
  size_t size;
} finding;

static int look(hid group, const char *name, const int *info, void *data) {
  finding *found = data;
  int is_elsewhere = *info == external_link;
  // A soft link leads to an object that is visited by its own link, or through an external one.
  if (*info == 0) {
    hid object = hdf5.open_object(group, name, 0);
    if (object < 0) return -1;
    if (hdf5.type_of(object) == dataset) {
      hid list = hdf5.creation(object);
      if (list < 0) {
        hdf5.close_object(object);
        return -1;
      }
      is_elsewhere = hdf5.external_count(list) > 0 || hdf5.layout(list) == virtual_layout;
      hdf5.close_list(list);
    }
    hdf5.close_object(object);
  }
  if (!is_elsewhere) return 0;
  strncpy(found->name, name, found->size - 1);
  found->name[found->size - 1] = 0;
  return 1;
}

static void *function(const char *name, const char *later_name) {
  void *found = dlsym(RTLD_DEFAULT, name);
  return found || !later_name ? found : dlsym(RTLD_DEFAULT, later_name);
}

static int load(void) {
  hdf5.open_file = function("H5Fopen", NULL);
  hdf5.close_file = function("H5Fclose", NULL);
  hdf5.visit = function("H5Lvisit", "H5Lvisit1");
  hdf5.open_object = function("H5Oopen", NULL);
  hdf5.close_object = function("H5Oclose", NULL);
  hdf5.type_of = function("H5Iget_type", NULL);
  hdf5.creation = function("H5Dget_create_plist", NULL);
  hdf5.external_count = function("H5Pget_external_count", NULL);
  hdf5.layout = function("H5Pget_layout", NULL);
  hdf5.close_list = function("H5Pclose", NULL);
  hdf5.is_hdf5 = function("H5Fis_hdf5", NULL);
  return hdf5.open_file && hdf5.close_file && hdf5.visit && hdf5.open_object && hdf5.close_object &&
         hdf5.type_of && hdf5.creation && hdf5.external_count && hdf5.layout && hdf5.close_list &&
         hdf5.is_hdf5;
}

int hdf5_takes_from_elsewhere(const char *path, char *name, size_t size) {
  if (size == 0) return -1;
  name[0] = 0;
  if (!hdf5.open_file && !load()) return 0;
  if (hdf5.is_hdf5(path) <= 0) return 0;
  hid file = hdf5.open_file(path, 0, 0);
  if (file < 0) return -1;
  finding found = {name, size};
  int result = hdf5.visit(file, by_name, native_order, look, &found);
  hdf5.close_file(file);
  return result > 0 ? 1 : result;
}
