import CubepressCommands

await CubepressCommand.main()
