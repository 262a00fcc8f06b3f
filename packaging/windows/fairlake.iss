; Inno Setup script. Run on Windows after `cargo build --release`: iscc packaging\windows\fairlake.iss
[Setup]
AppId={{6E0B6E0C-6C2B-4C62-9C39-0F2C8F1A7D11}
AppName=Fairlake
AppVersion=0.1.0
AppPublisher=The Fairlake contributors
DefaultDirName={autopf}\Fairlake
DefaultGroupName=Fairlake
PrivilegesRequired=lowest
ArchitecturesInstallIn64BitMode=x64compatible
OutputBaseFilename=fairlake-0.1.0-setup
OutputDir=..\..\target
LicenseFile=..\..\LICENSE-MIT

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "ko"; MessagesFile: "compiler:Languages\Korean.isl"

[Files]
Source: "..\..\target\release\fairlake.exe"; DestDir: "{app}"; Flags: ignoreversion

[Icons]
Name: "{group}\Fairlake"; Filename: "{app}\fairlake.exe"

[Run]
Filename: "{app}\fairlake.exe"; Description: "{cm:LaunchProgram,Fairlake}"; Flags: nowait postinstall skipifsilent
