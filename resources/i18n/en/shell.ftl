# The frame around the tabs.
shell-tab-ingest = Ingest
shell-tab-catalog = Catalog
shell-tab-query = Query
shell-tab-bias = Bias

shell-palette-hint = Search or run…
shell-palette-nothing = Nothing matches. Try fewer letters.
shell-kind-action = Action
shell-kind-connection = Connection
shell-kind-table = Table
shell-kind-column = Column
shell-kind-bucket = Bucket
shell-kind-query = Query

shell-connection-local = Local lake
shell-connection-environment = Environment
shell-connection-profile = { $name } (AWS profile)
shell-connection-button = Connection: { $name }
shell-connection-own = An endpoint of your own
shell-connection-url = Endpoint address
shell-connection-keys = Profile that has its keys
shell-connection-connect = Connect
shell-connection-waiting = Connecting…
shell-connection-again = Try again
shell-identity-account = Account
shell-identity-region = Region
shell-identity-endpoint = Endpoint
shell-identity-folder = Folder
shell-lake-unreachable = { $name } can't be reached
shell-lake-waiting = Connecting to { $name }…

shell-jobs = Jobs
shell-jobs-count = { $jobs ->
    [0] No jobs
    [one] { $jobs } job
   *[other] { $jobs } jobs
}
shell-jobs-none = Nothing has run yet. Stores, crawls, queries and measurements appear here.
shell-jobs-clear = Clear finished
shell-job-cancel = Cancel
shell-job-stopping = stopping…
shell-job-cancelled = cancelled; what it had begun was undone
shell-job-left = { $time } left

shell-notices = Notices
shell-notices-none = No notices.
shell-notices-clear = Clear
shell-notice-dismiss = Dismiss
shell-exported-one = Saved { $path }
shell-exported-many = Saved { $files } files
shell-open-folder = Open the folder
shell-details = Details
shell-copy = Copy
shell-close = Close

shell-settings = Settings
shell-settings-theme = Theme
shell-theme-system = System
shell-theme-light = Light
shell-theme-dark = Dark
shell-settings-language = Language
shell-settings-zoom = Zoom
shell-settings-motion = Motion
shell-settings-motion-reduced = Reduce motion
shell-settings-x11 = Wayland
shell-settings-x11-prefer = Start on X11 when it is there, so that dropped files arrive
shell-settings-price = Price of a terabyte scanned
shell-settings-dpi = Resolution of exported PNG files

shell-drop-hint = { $files ->
    [one] Drop it here to see what it is.
   *[other] Drop { $files } files here to see what they are.
} They go to { $place }.
shell-settings-broken = The file { $path } could not be read and was set aside. Fairlake started with its defaults.
shell-busy = Fairlake is busy; your request waits for its turn.

action-palette = Search or run a command
action-open-ingest = Open Ingest
action-open-catalog = Open Catalog
action-open-query = Open Query
action-open-bias = Open Bias
action-choose-files = Choose files…
action-choose-folder = Choose a folder…
action-try-sample = Try the sample
action-new-editor = New query
action-close-editor = Close the query
action-run = Run (the query, the measurement, the store)
action-stop-query = Stop the query
action-new-crawler = New crawler
action-measure = Measure bias
action-refresh = Refresh the lake
action-theme-light = Light theme
action-theme-dark = Dark theme
action-theme-system = Theme of the system
action-language-english = Language: English
action-language-korean = Language: 한국어
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-zoom-reset = Zoom 100%
action-jobs = Jobs
action-notices = Notices
action-settings = Settings
action-shortcuts = Keyboard shortcuts
action-quit = Quit
action-connect = Connect
action-open-table = Open the table
action-query-table = Query the table
action-measure-table = Check bias
action-open-bucket = Open the bucket
action-open-editor = Open the query
action-cancel = Cancel

shell-save = Save as
shell-save-path = Path
shell-save-browse = Browse…
shell-save-save = Save
shell-save-exists = A file of this name exists. Saving replaces it.
shell-save-replace = Replace it
shell-cancel = Cancel
