# Guests that call the open firmware as Magic Lantern does, one per camera.
CONTRACT_SOURCES := contract/start.S $(sort $(wildcard contract/*.c))
CONTRACT_OBJECTS := $(CONTRACT_SOURCES:%=$(BUILD)/%.o) $(BUILD)/lib/memory.c.o

$(BUILD)/contract/%.o: contract/% $(wildcard contract/*.h)
	@mkdir -p $(@D)
	@echo "  build $@"; $(CC) $(CFLAGS) -c -o $@ $<

$(BUILD)/cameras/%/symbols.ld: dryos/cameras/%.tsv dryos/cameras/camera.awk $(CAMERA_TABLES)
	@mkdir -p $(@D)
	@$(CAMERA_AWK) -v want=symbols $(CAMERA_TABLES) $< > $@

$(BUILD)/cameras/%/contract.elf: $(BUILD)/cameras/%/symbols.ld $(CONTRACT_OBJECTS) contract/guest.ld
	@echo "  build $@"; $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -T contract/guest.ld $(CONTRACT_OBJECTS)

$(BLOBS)/contract-%.bin: $(BUILD)/cameras/%/contract.elf
	@mkdir -p $(@D)
	@$(OBJCOPY) -O binary $< $@
	@chmod 644 $@
